package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing running, and one that works can be ended. */
class SidecarStartIT {
    @TempDir private Path folder = Path.of("");

    private Sidecar create(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("f.yaml"), yaml);
        return switch (new ConfigFile(_ -> null).load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> good ->
                    Sidecar.create(good.config(), good.text());
            case ConfigDocument.Invalid<SidecarConfig> bad ->
                    throw new IllegalArgumentException(bad.errors().toString());
        };
    }

    private static String outbound(int port) {
        return """
        name: web
        outbound: {listen: "127.0.0.1:%d"}
        admin: {listen: "127.0.0.1:0"}
        accessLog: {output: stdout}
        """
                .formatted(port);
    }

    /** Threads of loops and logs; those of the JDK and of JUnit come and go as they like. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each ->
                        each.getName().startsWith("multiThreadIoEventLoopGroup")
                                || each.getName().equals("access-log"))
                .collect(Collectors.toSet());
    }

    private static void nothingMoreThan(Set<Thread> before) {
        await().atMost(Mesh.PATIENCE)
                .untilAsserted(() -> assertThat(before).containsAll(threads()));
    }

    @Test
    void aTakenPortClosesWhatWasOpened() throws Exception {
        Set<Thread> before = threads();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Sidecar sidecar = create(outbound(taken.getLocalPort()));
            assertThatThrownBy(() -> sidecar.start(() -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("outbound cannot listen on 127.0.0.1:");
            int admin = Objects.requireNonNull(sidecar.address("admin")).getPort();
            sidecar.close();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), admin).close())
                    .isInstanceOf(IOException.class);
        }
        nothingMoreThan(before);
    }

    @Test
    void aPartThatCannotBeBuiltEndsTheOthers() {
        Set<Thread> before = threads();
        assertThatThrownBy(() ->
                        create(
                                """
                                name: orders
                                identity:
                                  trustDomain: cluster.local
                                  id: spiffe://cluster.local/ns/shop/sa/orders
                                  ca:
                                    {address: "https://127.0.0.1:1", bundle: b, token: t}
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: 127.0.0.1:1
                                  jwt: {audience: [orders], denyList: /no/such/file}
                                accessLog: {output: stdout}
                                """))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the deny list /no/such/file cannot be read");
        nothingMoreThan(before);
    }

    @Test
    void closingTwiceIsAsGoodAsOnce() throws Exception {
        Set<Thread> before = threads();
        Sidecar sidecar = create(outbound(0));
        sidecar.start(() -> {});
        int port = Objects.requireNonNull(sidecar.address("outbound")).getPort();
        assertThat(RawClient.get(port, "nobody", "/").status()).isEqualTo(404);
        sidecar.close();
        sidecar.close();
        assertThatThrownBy(() -> RawClient.get(port, "nobody", "/"))
                .isInstanceOf(IOException.class);
        nothingMoreThan(before);
    }
}
