package dev.outrider.injector.webhook;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.outrider.injector.metrics.Metrics;
import java.io.IOException;
import java.net.BindException;
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
 * Each request has a virtual thread of its own. Nobody who holds a connection open can hold more
 * than that: handshakes, heads and bodies have ten seconds together, answers ten more.
 */
public final class WebhookServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);
    private static final int BACKLOG = 512;
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final HttpsServer webhook;
    private final HttpServer health;
    private final ExecutorService requests;
    private final Draining draining;

    /** Where to listen. */
    public record Ports(InetSocketAddress webhook, InetSocketAddress health) {}

    /** Set once, read by all. */
    private static final class Draining {
        private volatile boolean begun;
    }

    private WebhookServer(
            HttpsServer webhook, HttpServer health, ExecutorService requests, Draining draining) {
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
        HttpsServer webhook = bind(ports.webhook(), HttpsServer::create);
        HttpServer health;
        try {
            health = bind(ports.health(), HttpServer::create);
        } catch (IOException e) {
            webhook.stop(0);
            throw e;
        }
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        webhook.setHttpsConfigurator(tls(keeper));
        webhook.createContext("/", new InjectHandler(admission, metrics, () -> draining.begun));
        webhook.setExecutor(requests);
        health.createContext(
                "/", new HealthHandler(metrics, () -> reasons(draining.begun, unready)));
        health.setExecutor(requests);
        webhook.start();
        health.start();
        return new WebhookServer(webhook, health, requests, draining);
    }

    /** The real ports when 0 was asked for. */
    public Ports ports() {
        return new Ports(webhook.getAddress(), health.getAddress());
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
        webhook.stop((int) Math.max(1, left));
        close();
    }

    @Override
    public void close() {
        draining.begun = true;
        webhook.stop(0);
        health.stop(0);
        requests.shutdownNow();
    }

    private static List<String> reasons(boolean draining, Supplier<List<String>> unready) {
        List<String> reasons = new ArrayList<>(unready.get());
        if (draining) {
            reasons.addFirst("ending");
        }
        return reasons;
    }

    private interface Binding<S> {
        S create(InetSocketAddress listen, int backlog) throws IOException;
    }

    private static <S> S bind(InetSocketAddress listen, Binding<S> binding) throws IOException {
        try {
            return binding.create(listen, BACKLOG);
        } catch (BindException e) {
            throw new IOException(
                    "cannot listen on "
                            + listen.getHostString()
                            + ":"
                            + listen.getPort()
                            + " ("
                            + e.getMessage()
                            + "); choose another with --listen or --health",
                    e);
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
