package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.aside.Readiness;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.observe.MetricsConfig;
import dev.outrider.sidecar.observe.Workload;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.IpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A pod port without a sidecar. Its clock stands still, so that no answer goes stale by itself. */
final class PodRig implements AutoCloseable {
    static final Duration PATIENT = Duration.ofSeconds(60);

    final Metrics metrics =
            new Metrics(MetricsConfig.DEFAULTS, new Workload("web", "shop", null), _ -> null);
    final AtomicReference<Readiness> readiness =
            new AtomicReference<>(
                    new Readiness(List.of(new Readiness.Check("identity", false, "none yet"))));
    final AtomicLong now = new AtomicLong();
    final AtomicReference<PodConfig> config = new AtomicReference<>(config(Map.of(), null));
    private final PodPort port;

    PodRig() throws IOException {
        this(now -> now::get);
    }

    /** Of whose start the port was told. */
    final List<String> started = new CopyOnWriteArrayList<>();

    PodRig(java.util.function.Function<AtomicLong, Ticker> ticker) throws IOException {
        port =
                PodPort.start(
                        IpPort.parse("127.0.0.1:0"),
                        new PodPort.Views(
                                config::get,
                                readiness::get,
                                accept -> {
                                    Metrics.Scrape scrape = metrics.scrape(accept);
                                    return new dev.outrider.sidecar.aside.MetricsView.Page(
                                            scrape.contentType(), scrape.body());
                                },
                                address -> address.getPort() == port(),
                                _ -> null,
                                metrics.gauges(),
                                started::add),
                        ticker.apply(now));
    }

    InetSocketAddress address() {
        return port.address();
    }

    int port() {
        return port.address().getPort();
    }

    static PodConfig config(Map<String, ProbeConfig> probes, @Nullable AppMetricsConfig metrics) {
        return new PodConfig(
                IpPort.parse("127.0.0.1:0"), InetAddress.getLoopbackAddress(), probes, metrics);
    }

    void probe(String name, ProbeConfig probe) {
        config.set(config(Map.of(name, probe), null));
    }

    void metricsAt(int port, long maxSize, Duration timeout) {
        config.set(
                config(
                        Map.of(),
                        new AppMetricsConfig(
                                port, "/m", HttpProbeConfig.Scheme.HTTP, maxSize, timeout)));
    }

    static ProbeConfig http(int port, String path) {
        return http(
                new HttpProbeConfig(port, path, null, HttpProbeConfig.Scheme.HTTP, Map.of()),
                PATIENT);
    }

    static ProbeConfig http(HttpProbeConfig http, Duration timeout) {
        return new ProbeConfig(http, null, null, timeout, null, false);
    }

    static ProbeConfig tcp(int port) {
        return new ProbeConfig(null, port, null, PATIENT, null, false);
    }

    static ProbeConfig grpc(int port, String service) {
        return new ProbeConfig(
                null, null, new GrpcProbeConfig(port, service), PATIENT, null, false);
    }

    /** The status and the body, as in {@code 200 connected}. */
    String ask(String path, String... fields) throws IOException {
        return send("GET", path, fields);
    }

    String send(String method, String path, String... fields) throws IOException {
        String answer = whole(method, path, fields);
        String status = answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
        return status + " " + answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
    }

    String whole(String method, String path, String... fields) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        request.append("Host: 10.1.2.3:15020\r\n");
        for (String each : fields) {
            request.append(each).append("\r\n");
        }
        request.append("\r\n");
        InetSocketAddress to = port.address();
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        port.close();
        metrics.close();
    }
}
