package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.NameServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar that knows thousands of services, of which its app calls a few. */
@SuppressWarnings("NullAway.Init") // set before each test
class OnDemandIT {
    private static final int EAGER = 10;

    /** What a service that nobody calls may cost; it is a third of that, and tens of KB in use. */
    private static final int MOST_BYTES = 1500;

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private NameServer names;
    private EchoApp app;
    private Path file;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        names = new NameServer(loops.next());
        names.answer(NameServer.Answer.found(300, "127.0.0.1"));
        app = new EchoApp();
        file = folder.resolve("web.yaml");
    }

    @AfterEach
    void stop() {
        app.close();
        names.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void write(int services, String more) throws IOException {
        StringBuilder yaml = new StringBuilder();
        yaml.append(
                """
                name: web
                accessLog: {output: "off"}
                admin: {listen: "127.0.0.1:0"}
                runtime: {loops: 1}
                dns: {nameServers: ["127.0.0.1:%d"], queryTimeout: 30s}
                outbound:
                  listen: 127.0.0.1:0
                  eager: %d
                  startWait: 60s
                  services:
                """
                        .formatted(names.port(), EAGER));
        IntStream.range(0, services)
                .forEach(i ->
                        yaml.append(
                                        "    svc%1$d: {hosts: [svc%1$d], mtls: false%2$s, "
                                                .formatted(i, more))
                                .append(
                                        "endpoints: {dns: svc%d.shop.test, port: %d}}\n"
                                                .formatted(i, app.port())));
        Files.writeString(file, yaml);
    }

    private Sidecar sidecar() throws IOException {
        ConfigFile reader = new ConfigFile(_ -> null);
        Sidecar sidecar =
                switch (reader.load(file, SidecarConfig.SCHEMA)) {
                    case ConfigDocument.Loaded<SidecarConfig> good ->
                            Sidecar.create(reader, file, good);
                    case ConfigDocument.Invalid<SidecarConfig> bad ->
                            throw new IllegalArgumentException(bad.errors().toString());
                };
        sidecar.start(() -> {});
        await().atMost(Mesh.PATIENCE).until(sidecar::ready);
        return sidecar;
    }

    private static RawClient.Answer get(Sidecar sidecar, String listener, String host, String path)
            throws IOException {
        int port = Objects.requireNonNull(sidecar.address(listener)).getPort();
        return RawClient.get(port, host, path);
    }

    private static void answers(Sidecar sidecar, int service) throws IOException {
        RawClient.Answer answer = get(sidecar, "outbound", "svc" + service, "/hello");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private void assertAsked(int... more) {
        assertThat(names.asked())
                .containsExactlyInAnyOrder(
                        IntStream.concat(IntStream.range(0, EAGER), Arrays.stream(more))
                                .mapToObj(i -> "svc" + i)
                                .toArray(String[]::new));
    }

    @Test
    void looksUpOnlyWhatIsCalled() throws Exception {
        write(2000, "");
        try (Sidecar web = sidecar()) {
            assertAsked();
            answers(web, 1500);
            assertAsked(1500);
            assertThat(get(web, "admin", "localhost", "/clusters").body())
                    .contains("\"svc9\"", "\"svc1500\"", "\"unused\" : 1989")
                    .doesNotContain("\"svc10\"");

            write(2001, ", timeout: 50s");
            assertThat(web.reload().errors()).isEmpty();
            answers(web, 1500);
            answers(web, 2000);
            assertAsked(1500, 2000);
            String metrics = get(web, "admin", "localhost", "/metrics").body();
            assertThat(metrics).contains("outrider_services_made 12.0");
            assertThat(metrics).contains("outrider_services_configured 2001.0");
        }
    }

    @Test
    void rawConnectionsWaitForTheLookUpToo(@TempDir Path folder) throws Exception {
        String yaml =
                """
                name: web
                accessLog: {output: "off"}
                admin: {enabled: false}
                runtime: {loops: 1}
                dns: {nameServers: ["127.0.0.1:%d"], queryTimeout: 30s}
                outbound:
                  listen: 127.0.0.1:0
                  eager: 0
                  startWait: 60s
                  ports: {"%2$d": tcp}
                  services:
                    db: {hosts: [db], addresses: [10.96.0.7], mtls: false, endpoints: {dns: db.test, port: %2$d}}
                    log: {hosts: [log], addresses: [10.96.0.8], mtls: false, endpoints: {dns: log.test, port: %2$d}}
                """
                        .formatted(names.port(), app.port());
        InetSocketAddress destination = new InetSocketAddress("10.96.0.7", app.port());
        try (CapturedWay way = new CapturedWay(folder, destination, yaml)) {
            assertThat(names.asked()).isEmpty();
            assertThat(RawClient.get(way.port(), "db", "/").status()).isEqualTo(200);
            way.change(yaml.replace("[db]", "[db, database]"));
            assertThat(RawClient.get(way.port(), "db", "/").status()).isEqualTo(200);
            assertThat(names.asked()).containsExactly("db");
        }
    }

    @Test
    void whatNobodyCallsCostsLittleMemory() throws Exception {
        var _ = least(3000); // classes are loaded, and caches filled
        long few = least(10);
        long many = least(3000);
        assertThat(many - few).isLessThan(2990L * MOST_BYTES);
    }

    /** What was there before may take its time to go. */
    private long least(int services) throws Exception {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            least = Math.min(least, used(services));
        }
        return least;
    }

    /** Bytes of the heap while a sidecar with so many services runs. */
    private long used(int services) throws Exception {
        write(services, "");
        try (Sidecar web = sidecar()) {
            answers(web, services - 1);
            MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
            // Soft and weak references, and what finalizes, need more than one round.
            for (int i = 0; i < 3; i++) {
                memory.gc();
            }
            return memory.getHeapMemoryUsage().getUsed();
        }
    }
}
