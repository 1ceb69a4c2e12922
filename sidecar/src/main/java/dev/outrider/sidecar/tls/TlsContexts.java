package dev.outrider.sidecar.tls;

import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;

/**
 * Makes {@link Identity} snapshots, each with TLS contexts of its own. One per process. Takes a few
 * milliseconds a snapshot: for virtual threads.
 *
 * <p>Ownership: a context has one count that belongs to the {@link ServerTls} or {@link ClientTls}
 * around it and is given back by the cleaner when that is unreachable, and one for each engine,
 * given back by the engine's {@code SslHandler} when it leaves its pipeline.
 */
public final class TlsContexts {
    private static final int SESSIONS = 1024;
    private static final Duration SESSION_LIFE = Duration.ofHours(1);

    private final Cleaner cleaner = Cleaner.create();
    private final TlsConfig config;
    private final List<String> serverProtocols;
    private final InstantSource clock;
    private final Revocations revocations;
    private final RandomGenerator random;
    private final SslProvider provider;

    /**
     * @param serverProtocols what ALPN accepts, the preferred one first, for example {@code
     *     http/1.1}
     * @param random shared by all loops, so it must be safe for use by several threads
     */
    public TlsContexts(
            TlsConfig config,
            List<String> serverProtocols,
            InstantSource clock,
            Revocations revocations,
            RandomGenerator random) {
        this(
                config,
                serverProtocols,
                clock,
                revocations,
                random,
                OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK);
    }

    TlsContexts(
            TlsConfig config,
            List<String> serverProtocols,
            InstantSource clock,
            Revocations revocations,
            RandomGenerator random,
            SslProvider provider) {
        this.config = config;
        this.serverProtocols = List.copyOf(serverProtocols);
        this.clock = clock;
        this.revocations = revocations;
        this.random = random;
        this.provider = provider;
    }

    /** The TLS library in use, for the log and the admin pages. */
    public String library() {
        return provider == SslProvider.JDK ? "JDK" : OpenSsl.versionString();
    }

    /** Whether peers will refuse it, as far as is known here. */
    boolean revokes(X509Svid svid) {
        return revocations.revokes(svid.id(), svid.chain());
    }

    /** A snapshot; an {@link SSLException} says that the library refuses the key or the chain. */
    public Identity identity(X509Svid svid, TrustBundle bundle) throws SSLException {
        PeerVerifier verifier =
                new PeerVerifier(bundle, svid.notAfter(), revocations, clock, random);
        Map<ClientCertificates, ServerTls> servers = new EnumMap<>(ClientCertificates.class);
        for (ClientCertificates asked : ClientCertificates.values()) {
            servers.put(asked, server(svid, verifier, asked));
        }
        Map<Alpn, ClientTls> clients = new EnumMap<>(Alpn.class);
        for (Alpn alpn : Alpn.values()) {
            clients.put(alpn, client(svid, verifier, alpn));
        }
        return new Identity(svid, bundle, servers, clients);
    }

    private ServerTls server(X509Svid svid, PeerVerifier verifier, ClientCertificates asked)
            throws SSLException {
        SslContext context =
                common(SslContextBuilder.forServer(svid.key(), svid.chain()), serverProtocols)
                        .trustManager(verifier)
                        .clientAuth(
                                switch (asked) {
                                    case REQUIRED -> ClientAuth.REQUIRE;
                                    case OPTIONAL -> ClientAuth.OPTIONAL;
                                    case NONE -> ClientAuth.NONE;
                                })
                        .build();
        ServerTls server = new ServerTls(context, verifier, config.handshakeTimeout());
        var _ = cleaner.register(server, () -> ReferenceCountUtil.release(context));
        return server;
    }

    private ClientTls client(X509Svid svid, PeerVerifier verifier, Alpn alpn) throws SSLException {
        SslContext context =
                common(SslContextBuilder.forClient(), alpn.offered())
                        .keyManager(svid.key(), svid.chain())
                        .trustManager(verifier)
                        // The SPIFFE id is checked instead; Netty's default would ask for a name.
                        .endpointIdentificationAlgorithm(null)
                        .build();
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(true);
        }
        ClientTls client = new ClientTls(context, verifier, config.handshakeTimeout());
        var _ = cleaner.register(client, () -> ReferenceCountUtil.release(context));
        return client;
    }

    /** For clients from outside; {@code roots} issue their certificates, if they have any. */
    SslContext publicServer(
            PrivateKey key,
            List<X509Certificate> chain,
            Collection<X509Certificate> roots,
            PublicTlsConfig wanted)
            throws SSLException {
        SslContextBuilder builder =
                common(
                        SslContextBuilder.forServer(key, chain),
                        Alpn.HTTP_2.offered(),
                        wanted.minVersion());
        if (!roots.isEmpty()) {
            builder.trustManager(roots.toArray(new X509Certificate[0]));
        }
        return builder.clientAuth(
                        switch (wanted.clients()) {
                            case REQUIRED -> ClientAuth.REQUIRE;
                            case OPTIONAL -> ClientAuth.OPTIONAL;
                            case NONE -> ClientAuth.NONE;
                        })
                .build();
    }

    /** The contexts are given back once {@code owner} is unreachable. */
    PublicTls owned(PublicTls owner, List<SslContext> all) {
        List<SslContext> each = List.copyOf(all);
        var _ = cleaner.register(owner, () -> each.forEach(ReferenceCountUtil::release));
        return owner;
    }

    private SslContextBuilder common(SslContextBuilder builder, List<String> protocols) {
        return common(builder, protocols, config.minVersion());
    }

    private SslContextBuilder common(
            SslContextBuilder builder, List<String> protocols, TlsVersion minVersion) {
        builder.sslProvider(provider)
                .protocols(minVersion.protocols())
                .ciphers(minVersion.ciphers(), SupportedCipherSuiteFilter.INSTANCE)
                .sessionCacheSize(SESSIONS)
                .sessionTimeout(SESSION_LIFE.toSeconds());
        if (provider != SslProvider.JDK) {
            builder.option(OpenSslContextOption.USE_TASKS, false);
        }
        if (!protocols.isEmpty()) {
            // The only pair of behaviours that BoringSSL and the JDK both know.
            builder.applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            protocols));
        }
        return builder;
    }
}
