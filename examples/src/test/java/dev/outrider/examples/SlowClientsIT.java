package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients that idle, or send a byte now and then, at one sidecar: a process as its users start
 * it, with the launcher and the JVM flags of the release. {@code -Doutrider.slow.clients=10000}
 * makes them many.
 */
@SuppressWarnings("NullAway.Init") // set before each test
final class SlowClientsIT {
    private static final int CLIENTS = Integer.getInteger("outrider.slow.clients", 1_000);
    private static final int SPARE = 8;
    private static final int SPARE_DESCRIPTORS = 500;
    private static final int WARM_UP = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Among few clients what the JVM does at the same time weighs much. */
    private static final long MOST_BYTES_EACH = (CLIENTS < 10_000 ? 32 : 8) * 1024L;

    @TempDir Path folder;
    private final List<SocketChannel> open = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer app;
    private Process sidecar;
    private int port;

    @BeforeEach
    void startApp() throws IOException {
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5000);
        app.setExecutor(threads);
        app.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var _ = exchange.getRequestBody().readAllBytes();
                        exchange.sendResponseHeaders(204, -1);
                    }
                });
        app.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (SocketChannel each : open) {
            each.close();
        }
        if (sidecar != null) {
            var _ = sidecar.destroyForcibly().waitFor();
        }
        app.stop(0);
        threads.shutdownNow();
    }

    private void startSidecar(Duration headTimeout) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path file =
                Files.writeString(
                        folder.resolve("sidecar.yaml"),
                        """
                        name: web
                        admin: {enabled: false}
                        accessLog: {output: /dev/null}
                        runtime: {loops: 1}
                        outbound:
                          listen: 127.0.0.1:%d
                          connections: %d
                          http: {headTimeout: %ds, bodyTimeout: 30m, keepAlive: 30m}
                          services:
                            app:
                              hosts: [app]
                              mtls: false
                              timeout: 30m
                              idle: 30m
                              bulkhead: {concurrent: 100000}
                              endpoints: {static: ["127.0.0.1:%d"]}
                        """
                                .formatted(
                                        port,
                                        CLIENTS + SPARE,
                                        headTimeout.toSeconds(),
                                        app.getAddress().getPort()));
        ProcessBuilder builder =
                new ProcessBuilder(launcher().toString(), "sidecar", "--config", file.toString());
        builder.environment().put("OUTRIDER_JAVA_HOME", System.getProperty("java.home"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("output").toFile());
        sidecar = builder.start();
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(this::served);
    }

    /** Of the release that this module has just put together. */
    private static Path launcher() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            return built.map(each -> each.resolve("outrider").toAbsolutePath())
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
        }
    }

    // ---- clients

    private SocketChannel connect(int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        // One address has fewer ports than there may be clients.
        channel.bind(new InetSocketAddress("127.0.0." + (2 + number % 8), 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return channel;
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            var _ = channel.write(bytes);
        }
    }

    /** What comes next; empty if the other side has ended. */
    private static String receive(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2000);
        int count = channel.read(bytes);
        return new String(bytes.array(), 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
    }

    private static void call(SocketChannel channel) throws IOException {
        send(channel, "GET / HTTP/1.1\r\nHost: app\r\n\r\n");
        assertThat(receive(channel)).startsWith("HTTP/1.1 204 ");
    }

    private void served() throws IOException {
        try (SocketChannel channel = connect(0)) {
            call(channel);
        }
    }

    /** Half of them have been answered and idle; the others are within a head or a body. */
    private SocketChannel slow(int number) throws IOException {
        SocketChannel channel = connect(number);
        switch (number % 4) {
            case 0, 2 -> call(channel);
            case 1 -> send(channel, "GET / HTTP/1.1\r\nHost: app\r\nX-Slow: ");
            default -> send(channel, "PUT / HTTP/1.1\r\nHost: app\r\nContent-Length: 1000\r\n\r\n");
        }
        return channel;
    }

    private void trickle() throws IOException {
        for (int i = 1; i < CLIENTS; i += 2) {
            send(open.get(i), "x");
        }
    }

    // ---- what they cost

    @Test
    void manyAreHeldForLittleAndOthersAreServed() throws Exception {
        enoughDescriptors();
        startSidecar(Duration.ofMinutes(30));
        warmUp();
        long before = residentBytes();
        for (int i = 0; i < CLIENTS; i++) {
            open.add(slow(i));
        }
        trickle();
        served();
        long each = (residentBytes() - before) / CLIENTS;
        print(CLIENTS + " slow clients, " + each + " bytes of resident memory each");
        assertThat(each).isLessThan(MOST_BYTES_EACH);

        trickle();
        for (SocketChannel client : open) {
            client.configureBlocking(false);
            assertThat(client.read(ByteBuffer.allocate(1))).as("still open").isZero();
        }
        noMoreThanAllowed();
    }

    private void noMoreThanAllowed() throws IOException {
        for (int i = 0; i < SPARE; i++) {
            SocketChannel last = connect(i);
            open.add(last);
            call(last);
        }
        try (SocketChannel tooMany = connect(0)) {
            assertThat(receive(tooMany)).isEmpty();
        }
    }

    @Test
    void aHeadThatTricklesIsRefusedAtItsDeadline() throws Exception {
        startSidecar(Duration.ofSeconds(3));
        SocketChannel client = connect(0);
        open.add(client);
        send(client, "GET / HTTP/1.1\r\nHost: app\r\nX-Slow: ");
        client.configureBlocking(false);
        await().atMost(PATIENCE)
                .until(() -> {
                    String answer = receive(client);
                    if (answer.isEmpty()) {
                        send(client, "x");
                    }
                    return answer.startsWith("HTTP/1.1 408 ");
                });
        served();
    }

    private static void enoughDescriptors() {
        long most =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean system
                        ? system.getMaxFileDescriptorCount()
                        : 0;
        assumeThat(most)
                .as("file descriptors a process may open (ulimit -n)")
                .isGreaterThan(CLIENTS * 3L / 2 + SPARE_DESCRIPTORS);
    }

    /** What the JVM takes once for its heap, its code and its classes is not the clients' cost. */
    private void warmUp() throws IOException {
        try (SocketChannel channel = connect(0)) {
            for (int i = 0; i < WARM_UP; i++) {
                call(channel);
            }
        }
    }

    /** After a collection, so that what is dead already does not count, and what lives does. */
    private long residentBytes() throws Exception {
        Path status = Path.of("/proc/" + sidecar.pid() + "/status");
        assumeThat(status).exists();
        Process jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                "" + sidecar.pid(),
                                "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(jcmd.waitFor()).isZero();
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private static void print(String line) {
        System.out.println("soak: " + line);
    }
}
