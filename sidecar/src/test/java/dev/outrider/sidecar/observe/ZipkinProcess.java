package dev.outrider.sidecar.observe;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A real Zipkin server with its spans in memory, as a process of its own. The build puts its jar
 * into {@code target/zipkin} before the integration tests.
 */
public final class ZipkinProcess implements AutoCloseable {
    private static final Path JAR = Path.of("target", "zipkin", "zipkin-server.jar");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private ZipkinProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one on a free port and waits until it says it is up. */
    public static ZipkinProcess start() throws IOException {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is missing; run it by 'mvn verify'");
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-jar",
                                JAR.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(JAR.resolveSibling("zipkin-" + port + ".log").toFile());
        builder.environment().put("QUERY_PORT", Integer.toString(port));
        builder.environment().put("STORAGE_TYPE", "mem");
        ZipkinProcess zipkin = new ZipkinProcess(builder.start(), port);
        try {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(250))
                    .until(zipkin::up);
        } catch (RuntimeException e) {
            zipkin.close();
            throw e;
        }
        return zipkin;
    }

    private boolean up() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Zipkin ended with " + process.exitValue());
        }
        try {
            return get("/health").statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Where spans are posted. */
    public URI spans() {
        return URI.create("http://127.0.0.1:" + port + "/api/v2/spans");
    }

    /** The spans of a trace, or an empty array. */
    public JsonNode trace(String id) {
        return json("/api/v2/trace/" + id);
    }

    public JsonNode json(String path) {
        HttpResponse<String> response = get(path);
        try {
            return new ObjectMapper()
                    .readTree(response.statusCode() == 200 ? response.body() : "[]");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> get(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(spans().resolve(path))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        client.shutdownNow();
    }

    /** Ends it at once, as a crash would. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Zipkin cannot be killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
