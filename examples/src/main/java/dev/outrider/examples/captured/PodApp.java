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
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A program that knows nothing of a proxy. On port 8080 it answers with what it saw of a request;
 * on port 9000 it greets whoever connects, and says goodbye to whoever answers.
 */
final class PodApp {
    private static final JsonMapper JSON = new JsonMapper();

    private final String name;

    private PodApp(String name) {
        this.name = name;
    }

    public static void main(String[] arguments) throws IOException {
        PodApp app = new PodApp(arguments[0]);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer http = HttpServer.create(new InetSocketAddress(8080), 64);
        http.setExecutor(threads);
        http.createContext("/", app::answer);
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
