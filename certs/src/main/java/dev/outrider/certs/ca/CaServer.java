package dev.outrider.certs.ca;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.outrider.certs.JwtSvids;
import dev.outrider.certs.SvidKeyManager;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority's HTTPS server: TLS 1.3, a client certificate wanted but not needed. One background
 * thread renews what is due; each request runs on a virtual thread of its own.
 */
public final class CaServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaServer.class);
    private static final int BACKLOG = 128;
    private static final int MAINTENANCE_SECONDS = 20;
    private static final int GRACE_SECONDS = 2;

    private final HttpsServer server;
    private final ExecutorService requests;
    private final ScheduledExecutorService maintenance;
    private final AuditLog audit;
    private final FileChannel lock;

    private CaServer(
            HttpsServer server,
            ExecutorService requests,
            ScheduledExecutorService maintenance,
            AuditLog audit,
            FileChannel lock) {
        this.server = server;
        this.requests = requests;
        this.maintenance = maintenance;
        this.audit = audit;
        this.lock = lock;
    }

    /** Serves until closed. The exception's message is for the person who started it. */
    public static CaServer start(
            AuthorityDirectory directory,
            CaSettings settings,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        return start(directory, settings, List.of(), clock, random);
    }

    /** As above, asking {@code reviews} about tokens that are no bootstrap tokens. */
    public static CaServer start(
            AuthorityDirectory directory,
            CaSettings settings,
            List<TokenReview> reviews,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        FileChannel lock =
                directory
                        .lock()
                        .orElseThrow(() ->
                                new IOException("another process serves this authority already"));
        try {
            return start(directory, settings, reviews, clock, random, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static CaServer start(
            AuthorityDirectory directory,
            CaSettings settings,
            List<TokenReview> reviews,
            InstantSource clock,
            SecureRandom random,
            FileChannel lock)
            throws IOException {
        LiveAuthority live =
                new LiveAuthority(directory, settings.schedule(), settings.hosts(), clock, random);
        HttpsServer server = bind(settings.listen());
        AuditLog audit = new AuditLog(directory.auditFile());
        List<TokenReview> all = new ArrayList<>(reviews);
        all.addFirst(directory.tokens());
        JwtSvids tokens = new JwtSvids(live::keys, clock, random);
        IssuingDesk desk =
                new IssuingDesk(
                        live,
                        tokens,
                        audit,
                        settings.svidTtl(),
                        settings.jwtTtl(),
                        settings.dnsNames());
        CaHandler handler =
                new CaHandler(
                        live,
                        new Callers(all),
                        desk,
                        audit,
                        new RateLimit(settings.perAddress(), System::nanoTime),
                        new RateLimit(settings.perIdentity(), System::nanoTime),
                        clock);
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        ScheduledExecutorService maintenance =
                Executors.newSingleThreadScheduledExecutor(task ->
                        Thread.ofPlatform().name("ca-maintenance").daemon().unstarted(task));
        server.setHttpsConfigurator(tls(live));
        server.createContext("/", handler);
        server.setExecutor(requests);
        maintenance.scheduleWithFixedDelay(
                () -> maintain(live), MAINTENANCE_SECONDS, MAINTENANCE_SECONDS, TimeUnit.SECONDS);
        server.start();
        return new CaServer(server, requests, maintenance, audit, lock);
    }

    /** The real port when 0 was asked for. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Ends running requests within two seconds. */
    @Override
    public void close() throws IOException {
        maintenance.shutdownNow();
        server.stop(GRACE_SECONDS);
        requests.shutdownNow();
        audit.close();
        lock.close();
    }

    private static void maintain(LiveAuthority live) {
        try {
            live.maintain();
        } catch (IOException | RuntimeException e) {
            // What is in memory stays good; the next round tries again.
            LOG.error("renewing the authority's state failed", e);
        }
    }

    private static HttpsServer bind(InetSocketAddress listen) throws IOException {
        boundServer();
        try {
            return HttpsServer.create(listen, BACKLOG);
        } catch (BindException e) {
            throw new IOException(
                    "cannot listen on "
                            + listen.getHostString()
                            + ":"
                            + listen.getPort()
                            + " ("
                            + e.getMessage()
                            + "); another process has the port? Choose one with --listen host:port,"
                            + " port 0 for any free one",
                    e);
        }
    }

    /**
     * The JDK's server takes its bounds from system properties, read once when its first instance
     * is made: there is no other door. A value that was set on the command line stays.
     */
    private static void boundServer() {
        bound("jdk.httpserver.maxConnections", "1024");
        bound("sun.net.httpserver.maxReqTime", "10");
        bound("sun.net.httpserver.maxRspTime", "10");
        bound("sun.net.httpserver.idleInterval", "30");
        bound("sun.net.httpserver.maxReqHeaders", "64");
        bound("sun.net.httpserver.maxReqHeaderSize", "16384");
    }

    private static void bound(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static HttpsConfigurator tls(LiveAuthority live) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    new KeyManager[] {new SvidKeyManager(live::server)},
                    new TrustManager[] {new AnyClientCertificate()},
                    null);
            return new HttpsConfigurator(context) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                    tls.setProtocols(new String[] {"TLSv1.3"});
                    tls.setWantClientAuth(true);
                    parameters.setSSLParameters(tls);
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks TLS 1.3", e);
        }
    }
}
