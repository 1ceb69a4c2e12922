package dev.outrider.examples.captured;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * A program that knows nothing of a proxy. On port 8080 it answers with what it saw of a request,
 * or, to {@code /call}, with what its neighbour answers; when it is ended it calls that neighbour
 * once more. On port 9000 it greets whoever connects, and says goodbye to whoever answers.
 */
final class PodApp {
    private static final JsonMapper JSON = new JsonMapper();

    private final String name;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private PodApp(String name) {
        this.name = name;
    }

    public static void main(String[] arguments) throws IOException {
        Optional<URI> neighbour = Stream.of(arguments).skip(1).map(URI::create).findFirst();
        PodApp app = new PodApp(arguments[0]);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer http = HttpServer.create(new InetSocketAddress(8080), 64);
        http.setExecutor(threads);
        http.createContext("/", app::answer);
        neighbour.ifPresent(url -> {
            http.createContext("/call", call -> app.pass(call, url));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> app.leave(url)));
        });
        http.start();
        try (ServerSocket greeter = new ServerSocket(9000)) {
            System.out.println(app.name + " listening");
            while (true) {
                Socket caller = greeter.accept();
                threads.execute(() -> app.greet(caller));
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            System.out.println("asked for " + path);
            ObjectNode seen =
                    JSON.createObjectNode()
                            .put("app", name)
                            .put("path", path)
                            .put("from", exchange.getRemoteAddress().getAddress().getHostAddress());
            ObjectNode headers = seen.putObject("headers");
            exchange.getRequestHeaders()
                    .forEach((key, values) ->
                            headers.put(key.toLowerCase(Locale.ROOT), values.getFirst()));
            byte[] body = JSON.writeValueAsBytes(seen);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private void pass(HttpExchange exchange, URI url) throws IOException {
        try (exchange) {
            HttpResponse<byte[]> answer = ask(url);
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> ask(URI url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(20)).build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    /** Work that is only done at the end, and needs others for it. */
    private void leave(URI url) {
        try {
            System.out.println("last call: " + ask(url).statusCode());
        } catch (IOException | InterruptedException e) {
            System.out.println("last call: " + e);
        }
    }

    private void greet(Socket caller) {
        try (caller) {
            System.out.println("greeted");
            caller.setSoTimeout(20_000);
            caller.getOutputStream().write(ascii("220 " + name + " is ready\n"));
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    caller.getInputStream(), StandardCharsets.US_ASCII));
            String line = lines.readLine();
            while (line != null && !line.equals("quit")) {
                caller.getOutputStream().write(ascii("250 " + line + "\n"));
                line = lines.readLine();
            }
            if (line != null) {
                caller.getOutputStream().write(ascii("221 bye\n"));
            }
        } catch (IOException e) {
            System.out.println("a caller left: " + e.getMessage());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
