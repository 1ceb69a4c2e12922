package dev.outrider.certs.ca;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.outrider.certs.JwtSvids;
import dev.outrider.certs.RevokedList;
import dev.outrider.certs.SvidKeyManager;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
    private final AuthorityStore store;
    private final LiveAuthority live;
    private final AtomicBoolean ending;

    private CaServer(
            HttpsServer server,
            ExecutorService requests,
            ScheduledExecutorService maintenance,
            AuditLog audit,
            AuthorityStore store,
            LiveAuthority live,
            AtomicBoolean ending) {
        this.server = server;
        this.requests = requests;
        this.maintenance = maintenance;
        this.audit = audit;
        this.store = store;
        this.live = live;
        this.ending = ending;
    }

    /**
     * What a server is made of beside its settings.
     *
     * @param store closed with the server
     * @param reviews asked in this order about bearer tokens
     * @param audit closed with the server
     * @param handedOver the issuer that somebody else wants signed with, if somebody does
     * @param certificateSuffices whether a certificate is renewed without a token just now
     * @param revoked for whom nothing is signed, as it is now; cheap to ask
     */
    public record Parts(
            AuthorityStore store,
            List<TokenReview> reviews,
            AuditLog audit,
            Supplier<Optional<Issuer>> handedOver,
            BooleanSupplier certificateSuffices,
            Supplier<RevokedList> revoked) {}

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
        AuthorityStore store = DirectoryStore.open(directory);
        try {
            List<TokenReview> all = new ArrayList<>(reviews);
            all.addFirst(directory.tokens());
            AuditLog audit = new AuditFile(directory.auditFile());
            Parts parts =
                    new Parts(
                            store,
                            all,
                            audit,
                            Optional::empty,
                            () -> true,
                            new RevokedFile(directory.revokedFile()));
            return start(parts, settings, clock, random);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    public static CaServer start(
            Parts parts, CaSettings settings, InstantSource clock, SecureRandom random)
            throws IOException {
        LiveAuthority live =
                new LiveAuthority(parts.store(), settings, parts.handedOver(), clock, random);
        HttpsServer server = bind(settings.listen());
        AtomicBoolean ending = new AtomicBoolean();
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        ScheduledExecutorService maintenance =
                Executors.newSingleThreadScheduledExecutor(task ->
                        Thread.ofPlatform().name("ca-maintenance").daemon().unstarted(task));
        server.setHttpsConfigurator(tls(live));
        server.createContext("/", handler(live, parts, settings, clock, random, ending));
        server.setExecutor(requests);
        maintenance.scheduleWithFixedDelay(
                () -> maintain(live), MAINTENANCE_SECONDS, MAINTENANCE_SECONDS, TimeUnit.SECONDS);
        server.start();
        return new CaServer(
                server, requests, maintenance, parts.audit(), parts.store(), live, ending);
    }

    private static CaHandler handler(
            LiveAuthority live,
            Parts parts,
            CaSettings settings,
            InstantSource clock,
            SecureRandom random,
            AtomicBoolean ending) {
        JwtSvids tokens = new JwtSvids(live::keys, clock, random);
        return new CaHandler(
                live,
                new Callers(parts.reviews(), parts.certificateSuffices(), parts.revoked()),
                new IssuingDesk(
                        live,
                        tokens,
                        parts.audit(),
                        settings.jwtTtl(),
                        settings.dnsNames(),
                        parts.revoked()),
                parts.audit(),
                new RateLimit(settings.perAddress(), System::nanoTime),
                new RateLimit(settings.perIdentity(), System::nanoTime),
                () -> ending.get() ? Optional.of("the server is ending") : live.cannotSign(),
                clock);
    }

    /** The real port when 0 was asked for. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Renews what is due at once; by itself it looks every twenty seconds. */
    public void maintain() throws IOException {
        live.maintain();
    }

    /** Not ready from here on, while everything is still answered: whoever routes is to notice. */
    public void announceEnd() {
        ending.set(true);
    }

    /** Ends running requests within two seconds. */
    @Override
    public void close() throws IOException {
        ending.set(true);
        maintenance.shutdownNow();
        server.stop(GRACE_SECONDS);
        requests.shutdownNow();
        audit.close();
        store.close();
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
        // Head and body are two writes: the second must not wait for the first one's ACK.
        bound("sun.net.httpserver.nodelay", "true");
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
