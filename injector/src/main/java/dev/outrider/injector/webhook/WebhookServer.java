package dev.outrider.injector.webhook;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.outrider.injector.metrics.Metrics;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two ports: the webhook over TLS, and health in plain text for the kubelet and Prometheus.
 * Each request has a virtual thread of its own, and each address its share of the connections.
 * Nobody who holds a connection open can hold more than that: handshakes, heads and bodies have ten
 * seconds together, answers ten more.
 */
public final class WebhookServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);
    private static final int BACKLOG = 512;
    private static final InetSocketAddress BEHIND =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** Longer than the servers keep what is idle. */
    private static final Duration QUIET = Duration.ofSeconds(150);

    /** API servers have a connection for each review that is under way. */
    private static final Entrance.Limits OF_REVIEWS = new Entrance.Limits(1000, 256, QUIET);

    private static final Entrance.Limits OF_HEALTH = new Entrance.Limits(256, 64, QUIET);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Door webhook;
    private final Door health;
    private final ExecutorService requests;
    private final Draining draining;

    /** Where to listen. */
    public record Ports(InetSocketAddress webhook, InetSocketAddress health) {}

    /** Set once, read by all. */
    private static final class Draining {
        private volatile boolean begun;
    }

    /** A server on loopback, and the port before it. */
    private record Door(HttpServer server, Entrance entrance) {
        void close() {
            entrance.close();
            server.stop(0);
        }
    }

    private WebhookServer(Door webhook, Door health, ExecutorService requests, Draining draining) {
        this.webhook = webhook;
        this.health = health;
        this.requests = requests;
        this.draining = draining;
    }

    /**
     * Serves until closed. The exception's message is for the person who started it.
     *
     * @param unready what keeps it from being ready, for {@code /ready}; empty when nothing does
     */
    public static WebhookServer start(
            Ports ports,
            Admission admission,
            CertificateKeeper keeper,
            Metrics metrics,
            Supplier<List<String>> unready)
            throws IOException {
        bound();
        Draining draining = new Draining();
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        HttpsServer reviews = HttpsServer.create(BEHIND, BACKLOG);
        reviews.setHttpsConfigurator(tls(keeper));
        reviews.createContext("/", new InjectHandler(admission, metrics, () -> draining.begun));
        HttpServer state = HttpServer.create(BEHIND, BACKLOG);
        state.createContext(
                "/", new HealthHandler(metrics, () -> reasons(draining.begun, unready)));
        Door webhook = open(ports.webhook(), reviews, requests, OF_REVIEWS);
        try {
            Door health = open(ports.health(), state, requests, OF_HEALTH);
            return new WebhookServer(webhook, health, requests, draining);
        } catch (IOException e) {
            webhook.close();
            throw e;
        }
    }

    /** The real ports when 0 was asked for. */
    public Ports ports() {
        return new Ports(webhook.entrance().address(), health.entrance().address());
    }

    /**
     * Ends without losing a call: {@code /ready} fails at once, so that no new ones are sent here;
     * for {@code spread}, until everybody knows, all are answered and their connections let go;
     * then what is under way may end until {@code drain} is over, counted from the beginning.
     */
    public void drain(Duration spread, Duration drain) throws InterruptedException {
        draining.begun = true;
        long begun = System.nanoTime();
        LOG.info("ending: not ready from now on");
        Thread.sleep(spread);
        long left = drain.minusNanos(System.nanoTime() - begun).toSeconds();
        webhook.entrance().shut();
        webhook.server().stop((int) Math.max(1, left));
        close();
    }

    @Override
    public void close() {
        draining.begun = true;
        webhook.close();
        health.close();
        requests.shutdownNow();
    }

    private static List<String> reasons(boolean draining, Supplier<List<String>> unready) {
        List<String> reasons = new ArrayList<>(unready.get());
        if (draining) {
            reasons.addFirst("ending");
        }
        return reasons;
    }

    /** Serves from here on; ends the server when the port cannot be had. */
    private static Door open(
            InetSocketAddress listen,
            HttpServer server,
            ExecutorService requests,
            Entrance.Limits limits)
            throws IOException {
        server.setExecutor(requests);
        server.start();
        try {
            return new Door(server, Entrance.open(listen, BACKLOG, server.getAddress(), limits));
        } catch (IOException e) {
            server.stop(0);
            throw e instanceof BindException
                    ? new IOException(
                            "cannot listen on "
                                    + listen.getHostString()
                                    + ":"
                                    + listen.getPort()
                                    + " ("
                                    + e.getMessage()
                                    + "); choose another with --listen or --health",
                            e)
                    : e;
        }
    }

    private static HttpsConfigurator tls(CertificateKeeper keeper) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new ServingKeyManager(keeper::shown)},
                    new TrustManager[0],
                    null);
            return new HttpsConfigurator(context) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                    tls.setProtocols(PROTOCOLS);
                    parameters.setSSLParameters(tls);
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks TLS", e);
        }
    }

    /**
     * The JDK's server takes its bounds from system properties, read once when its first instance
     * is made: there is no other door. A value that was set on the command line stays.
     */
    private static void bound() {
        bound("jdk.httpserver.maxConnections", "1024");
        bound("sun.net.httpserver.maxReqTime", "10");
        bound("sun.net.httpserver.maxRspTime", "10");
        // Longer than API servers keep an idle connection (90 s), so that they are who closes it.
        bound("sun.net.httpserver.idleInterval", "120");
        bound("sun.net.httpserver.maxIdleConnections", "512");
        bound("sun.net.httpserver.maxReqHeaders", "64");
        bound("sun.net.httpserver.maxReqHeaderSize", "16384");
        // An answer in two writes must not wait for an acknowledgement in between.
        bound("sun.net.httpserver.nodelay", "true");
        bound("sun.net.httpserver.drainAmount", Integer.toString(2 * BodyReader.LARGEST));
    }

    private static void bound(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
