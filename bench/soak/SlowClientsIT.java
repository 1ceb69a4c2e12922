package dev.outrider.sidecar.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.outrider.sidecar.Main;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.CleanupMode;

/**
 * Very many connections that idle or send a byte now and then, held by one sidecar in a process of
 * its own, so that what they cost can be told from what holding them here costs.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class SlowClientsIT {
    private static final int CLIENTS = Integer.getInteger("outrider.slow.clients", 10_000);
    private static final int SPARE_DESCRIPTORS = 500;
    private static final long MOST_KIB_EACH = 16;
    private static final int TRICKLED_HEAD = 0;
    private static final int TRICKLED_BODY = 1;

    private final List<SocketChannel> open = new ArrayList<>();
    private KillableServer app;
    private Process sidecar;
    private int port;

    @BeforeEach
    void start(@TempDir(cleanup = CleanupMode.ALWAYS) Path folder) throws Exception {
        long most =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean system
                        ? system.getMaxFileDescriptorCount()
                        : 0;
        assumeThat(most)
                .as("file descriptors a process may open (ulimit -n)")
                .isGreaterThan(CLIENTS + SPARE_DESCRIPTORS);
        app = new KillableServer(new H1Conversation());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path file =
                Files.writeString(
                        folder.resolve("sidecar.yaml"),
                        """
                        name: web
                        admin: {enabled: false}
                        runtime: {loops: 1}
                        outbound:
                          listen: 127.0.0.1:%d
                          connections: %d
                          http: {headTimeout: 300s, bodyTimeout: 300s, keepAlive: 300s}
                          services:
                            orders:
                              hosts: [orders]
                              mtls: false
                              timeout: 300s
                              endpoints: {static: ["127.0.0.1:%d"]}
                        """
                                .formatted(port, CLIENTS + SPARE_DESCRIPTORS, app.port()));
        sidecar =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "sidecar",
                                "--config",
                                file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output").toFile())
                        .start();
        await().atMost(SoakMesh.PATIENCE).ignoreExceptions().untilAsserted(this::answers);
    }

    @AfterEach
    void stop() throws Exception {
        for (SocketChannel each : open) {
            each.close();
        }
        if (sidecar != null) {
            assertThat(sidecar.destroyForcibly().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        if (app != null) {
            app.close();
        }
    }

    private void answers() throws IOException {
        try (H1Caller caller = new H1Caller(port, H1Caller.Kind.PUT)) {
            caller.call(new Random(1));
        }
    }

    @Test
    void manySlowClientsCostLittleAndOthersAreServed() throws Exception {
        for (int i = 0; i < 200; i++) {
            answers(); // what is loaded once is not the connections' cost
        }
        long before = residentKiB();
        for (int i = 0; i < CLIENTS; i++) {
            open.add(client(i));
        }
        for (int i = 0; i < CLIENTS; i++) {
            if (i % 2 == 1) {
                // A head or a body goes on by one byte.
                var _ = open.get(i).write(ByteBuffer.wrap(new byte[] {'x'}));
            }
            if (i % 1000 == 0) {
                answers();
            }
        }
        answers();
        long each = (residentKiB() - before) * 1024 / CLIENTS;
        System.out.println("slow clients: " + CLIENTS + ", " + each + " bytes each (resident)");
        assertThat(each).isLessThan(MOST_KIB_EACH * 1024);
        assertThat(sidecar.isAlive()).isTrue();
    }

    /** Even ones have been answered and idle, odd ones are within a head or a body. */
    private SocketChannel client(int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress("127.0.0." + (2 + number % 4), 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        if (number % 2 == 0) {
            send(channel, "GET / HTTP/1.1\r\nHost: orders\r\n\r\n");
            assertThat(channel.read(ByteBuffer.allocate(1000))).isPositive();
        } else {
            switch (number / 2 % 2) {
                case TRICKLED_HEAD -> send(channel, "GET / HTTP/1.1\r\nHost: orders\r\nX-Slow: ");
                case TRICKLED_BODY ->
                        send(
                                channel,
                                "PUT / HTTP/1.1\r\nHost: orders\r\nContent-Length: 1000\r\n\r\n");
                default -> throw new IllegalStateException();
            }
        }
        return channel;
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            var _ = channel.write(bytes);
        }
    }

    private long residentKiB() throws IOException {
        Path status = Path.of("/proc/" + sidecar.pid() + "/status");
        assumeThat(status).exists();
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
