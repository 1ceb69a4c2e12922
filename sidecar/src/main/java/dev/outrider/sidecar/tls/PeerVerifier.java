package dev.outrider.sidecar.tls;

import dev.outrider.certs.RevokedList;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.sidecar.tls.TlsFailure.Reason;
import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a chain proves a workload of our trust domain, by one snapshot's bundle. The id
 * is the name: host names are not looked at. Which id is allowed to do what is decided above, by
 * {@link ExpectedPeer} or the access rules. Runs on event loops, keeps no state of its own.
 */
final class PeerVerifier extends X509ExtendedTrustManager {
    /**
     * Set in the session when its chain was verified, taken out by the first look at the peer.
     * BoringSSL and the JDK share a session's values with the connections that resume it, so there
     * its absence means a resumed session.
     */
    private static final String VERIFIED = "outrider.verified";

    private static final int URI_NAME = 6;

    /** Shares of the time left for which a connection may rest on its certificates. */
    private static final double LEAST_USED = 0.75;

    private static final double MOST_USED = 0.95;

    private final TrustBundle bundle;
    private final Instant ownEnd;
    private final Revocations revocations;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * @param ownEnd when our own certificate ends
     */
    PeerVerifier(
            TrustBundle bundle,
            Instant ownEnd,
            Revocations revocations,
            InstantSource clock,
            RandomGenerator random) {
        this.bundle = bundle;
        this.ownEnd = ownEnd;
        this.revocations = revocations;
        this.clock = clock;
        this.random = random;
    }

    /**
     * The peer of a finished handshake, null if it stayed anonymous. Ask once, when the handshake
     * has succeeded. A resumed session was not verified again, so that its chain still holds at
     * this hour is checked here; that it was signed by our bundle is given, since no session
     * outlives its context.
     */
    @Nullable TlsPeer peerOf(SSLEngine engine) throws PeerRefused {
        SSLSession session = engine.getSession();
        List<X509Certificate> chain;
        try {
            chain = chain(session);
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
        boolean resumed = session.getValue(VERIFIED) == null;
        session.removeValue(VERIFIED);
        String side = engine.getUseClientMode() ? "server" : "client";
        Instant end = requireValidity(side, chain);
        X509Certificate leaf = chain.getFirst();
        SpiffeId id = idOf(side, leaf);
        requireNotRevoked(side, id, chain);
        return new TlsPeer(
                id,
                RevokedList.Subject.sha256(leaf),
                leaf.getSubjectX500Principal().getName(),
                end,
                restingTime(end),
                resumed);
    }

    private static List<X509Certificate> chain(SSLSession session)
            throws SSLPeerUnverifiedException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : session.getPeerCertificates()) {
            chain.add((X509Certificate) certificate);
        }
        return chain;
    }

    /** Both certificates must hold; some earlier, so that a mesh does not reconnect in step. */
    private Duration restingTime(Instant peerEnd) {
        Duration left =
                Duration.between(clock.instant(), peerEnd.isBefore(ownEnd) ? peerEnd : ownEnd);
        double share = random.nextDouble(LEAST_USED, MOST_USED);
        return left.isNegative()
                ? Duration.ZERO
                : Duration.ofMillis((long) (left.toMillis() * share));
    }

    /** The connection is known once its handshake succeeds, to be cut when its peer is revoked. */
    void follow(SslHandler handler) {
        handler.handshakeFuture()
                .addListener(_ -> {
                    Channel connection = handler.handshakeFuture().getNow();
                    if (connection != null) {
                        opened(connection, handler.engine());
                    }
                });
    }

    private void opened(Channel connection, SSLEngine engine) {
        try {
            List<X509Certificate> chain = chain(engine.getSession());
            revocations.opened(connection, idOf("peer", chain.getFirst()), chain);
        } catch (SSLPeerUnverifiedException | PeerRefused e) {
            // Anonymous, or refused by whoever asks for the peer: not ours to judge here.
            return;
        }
    }

    private void requireNotRevoked(String side, SpiffeId id, List<X509Certificate> chain)
            throws PeerRefused {
        if (revocations.revokes(id, chain)) {
            throw refused(
                    Reason.REVOKED, side, chain.getFirst(), "it is on our list", clock.instant());
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        verify("client", chain, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        verify("server", chain, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws PeerRefused {
        verify("client", chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws PeerRefused {
        verify("server", chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws PeerRefused {
        verify("client", chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws PeerRefused {
        verify("server", chain);
    }

    /**
     * No hint goes to clients: with one, a client of another root would show nothing, and the log
     * could not say whose certificate is foreign.
     */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private void verify(String side, X509Certificate[] chain, SSLEngine engine)
            throws CertificateException {
        try {
            verify(side, chain);
        } catch (PeerRefused e) {
            throw withAlert(e, engine);
        }
        engine.getHandshakeSession().putValue(VERIFIED, true);
    }

    private void verify(String side, X509Certificate[] chain) throws PeerRefused {
        Instant now = clock.instant();
        try {
            SpiffeId id = SvidVerifier.verify(List.of(chain), bundle, now);
            requireNotRevoked(side, id, List.of(chain));
        } catch (SvidException e) {
            X509Certificate leaf = chain.length == 0 ? null : chain[0];
            throw refused(reason(e.reason()), side, leaf, String.valueOf(e.getMessage()), now);
        }
    }

    private Instant requireValidity(String side, List<X509Certificate> chain) throws PeerRefused {
        Instant now = clock.instant();
        Instant end = Instant.MAX;
        for (X509Certificate each : chain) {
            Instant until = each.getNotAfter().toInstant();
            end = until.isBefore(end) ? until : end;
            if (now.isAfter(until)) {
                String which = each.getSubjectX500Principal() + " has ended since";
                throw refused(Reason.EXPIRED, side, chain.getFirst(), which, now);
            }
            if (now.isBefore(each.getNotBefore().toInstant())) {
                String which = each.getSubjectX500Principal() + " has not begun";
                throw refused(Reason.NOT_YET_VALID, side, chain.getFirst(), which, now);
            }
        }
        return end;
    }

    private static PeerRefused refused(
            Reason reason,
            String side,
            @Nullable X509Certificate leaf,
            String detail,
            Instant now) {
        String which =
                leaf == null
                        ? ""
                        : " (subject '%s', serial %s, valid from %s to %s)"
                                .formatted(
                                        leaf.getSubjectX500Principal().getName(),
                                        leaf.getSerialNumber().toString(16),
                                        leaf.getNotBefore().toInstant(),
                                        leaf.getNotAfter().toInstant());
        String sentence =
                "the %s's certificate%s is refused, %s: %s; our clock says %s"
                        .formatted(side, which, reason.word(), detail, now);
        return new PeerRefused(reason, sentence);
    }

    /**
     * The alert the other side sees is chosen from the exception: BoringSSL wants an error code,
     * the JDK a path validator's reason below it.
     */
    private static CertificateException withAlert(PeerRefused refused, SSLEngine engine) {
        if (engine instanceof ReferenceCountedOpenSslEngine) {
            return new OpenSslCertificateException(refused, errorCode(refused.reason()));
        }
        if (refused.reason() == Reason.EXPIRED) {
            CertPathValidatorException path =
                    new CertPathValidatorException("", null, null, -1, BasicReason.EXPIRED);
            return new PeerRefused(refused.reason(), String.valueOf(refused.getMessage()), path);
        }
        return refused;
    }

    private static int errorCode(Reason reason) {
        return switch (reason) {
            case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            case NOT_YET_VALID -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
            case UNTRUSTED, FOREIGN_TRUST_DOMAIN ->
                    CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
            case BAD_CERTIFICATE -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
            case NO_CERTIFICATE,
                    WRONG_IDENTITY,
                    REFUSED_BY_PEER,
                    NOTHING_IN_COMMON,
                    NOT_TLS,
                    TIMEOUT,
                    CLOSED,
                    OTHER ->
                    CertificateVerifier.X509_V_ERR_UNSPECIFIED;
        };
    }

    private static Reason reason(SvidException.Reason reason) {
        return switch (reason) {
            case EMPTY_CHAIN -> Reason.NO_CERTIFICATE;
            case EXPIRED -> Reason.EXPIRED;
            case NOT_YET_VALID -> Reason.NOT_YET_VALID;
            case FOREIGN_TRUST_DOMAIN -> Reason.FOREIGN_TRUST_DOMAIN;
            case UNTRUSTED -> Reason.UNTRUSTED;
            case NO_SPIFFE_ID,
                    MALFORMED_SPIFFE_ID,
                    MORE_THAN_ONE_URI,
                    NOT_A_LEAF,
                    WRONG_USAGE,
                    CHAIN_TOO_LONG ->
                    Reason.BAD_CERTIFICATE;
        };
    }

    /** The one URI of a certificate that was verified before. */
    private SpiffeId idOf(String side, X509Certificate leaf) throws PeerRefused {
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (Integer.valueOf(URI_NAME).equals(name.get(0))) {
                        return SpiffeId.parse((String) name.get(1));
                    }
                }
            }
            throw refused(Reason.BAD_CERTIFICATE, side, leaf, "no id", clock.instant());
        } catch (CertificateParsingException | IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            throw refused(Reason.BAD_CERTIFICATE, side, leaf, why, clock.instant());
        }
    }
}
