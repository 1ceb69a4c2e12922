package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.aside.MetricsView;
import dev.outrider.sidecar.aside.PortServer;
import dev.outrider.sidecar.aside.Readiness;
import dev.outrider.sidecar.observe.Gauges;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.IpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pod port. */
public final class PodPort implements AutoCloseable {
    /** The kubelet has a connection for each probe, and many pods to look after. */
    private static final int MOST_CONNECTIONS = 128;

    /** For a request to come and an answer to go, besides the app's time. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(10);

    private final PortServer server;

    private PodPort(PortServer server) {
        this.server = server;
    }

    /**
     * All that the port knows of the sidecar; any thread may ask.
     *
     * @param config as it is now
     * @param own whether an address is a port of the proxy's
     * @param source what to call an address of the app from; null for whatever the kernel takes
     * @param started told the name of a container whose start the kubelet has told of
     */
    public record Views(
            Supplier<PodConfig> config,
            Supplier<Readiness> readiness,
            MetricsView metrics,
            Predicate<InetSocketAddress> own,
            Function<InetSocketAddress, @Nullable InetSocketAddress> source,
            Gauges gauges,
            Consumer<String> started) {}

    /** Opens the port; the exception says in a sentence why that failed. */
    public static PodPort start(IpPort listen, Views views, Ticker ticker) throws IOException {
        AppCalls calls = new AppCalls(views.own(), views.source());
        PodRoutes routes =
                new PodRoutes(
                        views.config(),
                        views.readiness(),
                        new Probes(calls, ticker, views.gauges()),
                        new PodMetrics(views.metrics(), calls, ticker, views.gauges()),
                        views.started());
        PortServer.Settings settings =
                new PortServer.Settings("pod", listen, "pod.listen", MOST_CONNECTIONS, ON_THE_WAY);
        return new PodPort(PortServer.start(settings, routes, ticker));
    }

    /** Where it listens, with the real port when 0 was asked for. */
    public InetSocketAddress address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
    }
}
