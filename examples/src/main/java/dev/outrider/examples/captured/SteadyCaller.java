package dev.outrider.examples.captured;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A program that keeps two connections and uses them in turn until a file appears: one of Java's
 * own HTTP client, one to a server that speaks first. It knows nothing of a proxy, and the first
 * thing that goes wrong ends it.
 */
final class SteadyCaller {
    private static final int PATIENCE_MILLIS = 20_000;

    private SteadyCaller() {}

    /** The arguments: a URL, a host and a port, and the file. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(arguments[0]))
                        .timeout(Duration.ofMillis(PATIENCE_MILLIS))
                        .build();
        Path end = Path.of(arguments[3]);
        int rounds = 0;
        try (HttpClient client = HttpClient.newHttpClient();
                Socket socket = new Socket(arguments[1], Integer.parseInt(arguments[2]))) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            System.out.println(lines.readLine());
            while (!Files.exists(end)) {
                rounds++;
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                expect("200", String.valueOf(answer.statusCode()));
                say(socket.getOutputStream(), "round " + rounds);
                expect("250 round " + rounds, lines.readLine());
            }
            say(socket.getOutputStream(), "quit");
            System.out.println(lines.readLine());
        }
        System.out.println(rounds + " rounds");
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void expect(String wanted, String got) throws IOException {
        if (!wanted.equals(got)) {
            throw new IOException("expected '" + wanted + "', got '" + got + "'");
        }
    }
}
