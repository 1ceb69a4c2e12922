package dev.outrider.examples.captured;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A program that gets one page with Java's own client, and knows nothing of a proxy. */
final class JavaCaller {
    private JavaCaller() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(arguments[0]))
                            .timeout(Duration.ofSeconds(20))
                            .build();
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            System.out.println(answer.body());
            System.out.println(answer.statusCode() + " " + answer.version());
        }
    }
}
