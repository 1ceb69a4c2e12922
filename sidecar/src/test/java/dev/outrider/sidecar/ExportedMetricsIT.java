package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.auth.EdgeIssuers;
import dev.outrider.sidecar.config.Committed;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What sidecars and an edge really export once each kind of thing has happened to them. The names
 * and labels are kept in a file, against which k8s/check holds dashboards and alerts.
 */
class ExportedMetricsIT {
    private static final Path FILE = Path.of("../k8s/tests/metrics-sidecar.txt");
    private static final Pattern SERIES =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_]\\w*)=\"(?:[^\"\\\\]|\\\\.)*\"");

    /** Others are the JVM's, and differ with its version, or come with its first collection. */
    private static final Pattern KEPT =
            Pattern.compile(
                    "outrider_(?!jvm_|process_|system_).*|(istio|http|identity)_.*"
                            + "|(outrider_)?(process_cpu_usage|process_files_(open|max)_files"
                            + "|system_cpu_count|jvm_memory_(used|max)_bytes"
                            + "|jvm_threads_live_threads|jvm_buffer_memory_used_bytes)");

    private final Map<String, TreeSet<String>> exported = new TreeMap<>();

    @Test
    void areTheNamesAndLabelsThatTheFileForDashboardsAndAlertsHas(@TempDir Path folder)
            throws Exception {
        try (EchoApp app = new EchoApp();
                MeshPair pair =
                        new MeshPair(folder, app.port(), inbound(folder), "audience: orders\n")) {
            callBothWays(pair, app);
            relayRawBytes(pair);
            askTheEdge(pair, folder, app);
        }
        assertThat(exported).hasSizeGreaterThan(100);
        String list =
                exported.entrySet().stream()
                        .map(each -> each.getKey() + " " + String.join(" ", each.getValue()))
                        .map(String::strip)
                        .collect(Collectors.joining("\n", "", "\n"));
        Committed.check(FILE, list, "ExportedMetricsIT");
    }

    /** A good call, one that fails on every attempt, and one that is refused. */
    private void callBothWays(MeshPair pair, EchoApp app) throws IOException {
        assertThat(RawClient.get(pair.port(), "orders", "/well").status()).isEqualTo(200);
        assertThat(RawClient.get(pair.port(), "orders", "/hidden").status()).isEqualTo(403);
        record(pair.web);
        record(pair.orders);
        Path file =
                Files.writeString(
                        pair.mesh.folder.resolve("lost.yaml"),
                        pair.mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  # Nobody listens there either.
                                  kubernetes: {api: "127.0.0.1:%d", credentials: "%s"}
                                  services:
                                    nowhere:
                                      hosts: [nowhere]
                                      endpoints: {static: ["localhost:%d"]}
                                pod:
                                  listen: 127.0.0.1:0
                                  probes: {app/liveness: {http: {port: %d}}}
                                  # Another sidecar stands for a Java app: both have jvm_*.
                                  metrics: {port: %d}
                                """
                                        .formatted(
                                                MeshPair.freePort(),
                                                pair.mesh.folder,
                                                MeshPair.freePort(),
                                                app.port(),
                                                MeshPair.port(pair.orders, "admin")));
        Sidecar lost = pair.mesh.watch(file);
        assertThat(RawClient.get(MeshPair.port(lost, "outbound"), "nowhere", "/").status())
                .isEqualTo(503);
        int pod = MeshPair.port(lost, "pod");
        assertThat(RawClient.get(pod, "localhost", "/probe/app/liveness").status()).isEqualTo(200);
        record(pod);
        record(lost);
    }

    private void relayRawBytes(MeshPair pair) throws IOException {
        try (ServerSocket app = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Sidecar raw =
                    pair.mesh.start(
                            "raw",
                            pair.mesh.identity(Mesh.THIEF)
                                    + """
                                    inbound:
                                      listen: 127.0.0.1:0
                                      app: 127.0.0.1:%d
                                      mtls: permissive
                                      ports: {"%d": tcp}
                                    """
                                            .formatted(app.getLocalPort(), app.getLocalPort()));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), inbound(raw))) {
                client.getOutputStream().write("over\n".getBytes(StandardCharsets.US_ASCII));
                try (Socket accepted = app.accept()) {
                    InputStream in = accepted.getInputStream();
                    assertThat(in.readNBytes(5)).asString().isEqualTo("over\n");
                    accepted.getOutputStream().write('!');
                    assertThat(client.getInputStream().read()).isEqualTo('!');
                }
            }
            Awaitility.await()
                    .atMost(Mesh.PATIENCE)
                    .until(() -> MeshPair.metric(raw, "istio_tcp_connections_closed_total{") == 1);
            record(raw);
        }
    }

    private void askTheEdge(MeshPair pair, Path folder, EchoApp app) throws IOException {
        Path jwks = Files.writeString(folder.resolve("staff.jwks"), EdgeIssuers.staffKeys());
        Path keys =
                Files.writeString(folder.resolve("keys.json"), "{\"version\": 1, \"keys\": []}");
        Path denied = Files.writeString(folder.resolve("denied.txt"), "");
        Sidecar edge =
                pair.mesh.start(
                        "edge",
                        """
                        profile: edge
                        name: edge
                        accessLog: {output: %s}
                        admin: {listen: "127.0.0.1:0"}
                        runtime: {loops: 1}
                        edge:
                          http: {listen: "127.0.0.1:0", redirect: false}
                          # Nobody listens there: what is counted of Redis does not hang on its being well.
                          redis: {addresses: ["127.0.0.1:%d"]}
                          services:
                            app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
                          auth:
                            jwt:
                              issuers:
                                staff: {issuer: "%s", audience: [api], jwks: {file: "%s"}}
                              denyList: {file: "%s"}
                            apiKeys: {file: "%s"}
                          limits:
                            named:
                              client: {quotas: {second: 1000}}
                          everyRequest: [client]
                          routes:
                            - name: staff
                              match: {path: {prefix: /staff}}
                              service: app
                              auth: {jwt: [staff], apiKey: true}
                            - name: open
                              match: {path: {prefix: /open}}
                              service: app
                              auth: {anonymous: true}
                        """
                                .formatted(
                                        folder.resolve("edge-access.log"),
                                        MeshPair.freePort(),
                                        app.address(),
                                        EdgeIssuers.STAFF,
                                        jwks,
                                        denied,
                                        keys));
        int port = MeshPair.port(edge, "edge-plain");
        assertThat(RawClient.get(port, "edge", "/open").status()).isEqualTo(200);
        assertThat(RawClient.get(port, "edge", "/staff").status()).isEqualTo(401);
        record(edge);
    }

    private static int inbound(Sidecar sidecar) {
        return MeshPair.port(sidecar, "inbound");
    }

    private static String inbound(Path folder) throws IOException {
        Path denied = Files.writeString(folder.resolve("denied-jti.txt"), "");
        return """
        mtls: permissive
        jwt: {audience: [orders], denyList: "%s"}
        access:
          - {name: hidden, deny: {paths: [/hidden]}}
          - {name: look, audit: {methods: [GET]}}
          - {name: web, allow: {from: ["%s"]}}
        """
                .formatted(denied, Mesh.WEB);
    }

    /** Adds what a sidecar exports: a histogram's parts under their own names, as queries do. */
    private void record(Sidecar sidecar) throws IOException {
        record(MeshPair.port(sidecar, "admin"));
    }

    private void record(int port) throws IOException {
        for (String line : RawClient.get(port, "localhost", "/metrics").body().lines().toList()) {
            Matcher series = SERIES.matcher(line);
            if (line.startsWith("#") || !series.matches() || !kept(series.group(1))) {
                continue;
            }
            TreeSet<String> labels =
                    exported.computeIfAbsent(series.group(1), _ -> new TreeSet<>());
            Matcher label = LABEL.matcher(Objects.requireNonNullElse(series.group(2), ""));
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
    }

    private static boolean kept(String name) {
        return KEPT.matcher(name).matches();
    }
}
