package dev.outrider.certs.ca;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state a running server signs with. Whatever changes is on disk before anybody sees it, so
 * what was given out before a kill is still good after it.
 */
final class LiveAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(LiveAuthority.class);
    private static final Duration SERVER_TTL = Duration.ofHours(24);

    private final AuthorityDirectory directory;
    private final JwtKeyFile keyFile;
    private final JwtKeys.Schedule schedule;
    private final List<String> hosts;
    private final InstantSource clock;
    private final SecureRandom random;
    private volatile CertificateAuthority authority;
    private JwtKeys keys;
    private volatile X509Svid server;

    LiveAuthority(
            AuthorityDirectory directory,
            JwtKeys.Schedule schedule,
            List<String> hosts,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        this.directory = directory;
        this.keyFile = directory.jwtKeys();
        this.schedule = schedule;
        this.hosts = List.copyOf(hosts);
        this.clock = clock;
        this.random = random;
        this.authority = directory.authority();
        this.keys = keyFile.load();
        renewIntermediate(clock.instant());
        this.server = serverSvid(clock.instant());
        keys();
    }

    CertificateAuthority authority() {
        return authority;
    }

    /** What the server shows in its own handshakes. */
    X509Svid server() {
        return server;
    }

    JwtKeys.Schedule schedule() {
        return schedule;
    }

    /** The keys of now; a rotation that is due happens here first, on the caller's thread. */
    synchronized JwtKeys keys() {
        JwtKeys next = keys.rotated(schedule, clock.instant(), random);
        if (next.sequence() != keys.sequence()) {
            try {
                keyFile.save(next);
            } catch (IOException e) {
                throw new UncheckedIOException("token signing keys cannot be kept", e);
            }
            keys = next;
            LOG.info("token signing keys changed: {}", next.keys());
        }
        return keys;
    }

    /** Renews what is due. Called at start and then by one background thread. */
    void maintain() throws IOException {
        Instant now = clock.instant();
        keys();
        renewIntermediate(now);
        X509Svid shown = server;
        if (leftOf(shown.leaf(), now) < 0.5 || !shown.chain().contains(authority.issuer())) {
            server = serverSvid(now);
            LOG.info("renewed the server's own certificate: {}", server);
        }
        directory.sweep(now);
        directory.tokens().sweep(now, Duration.ofHours(1));
    }

    private void renewIntermediate(Instant now) throws IOException {
        double left = leftOf(authority.issuer(), now);
        if (left >= 0.34) {
            return;
        }
        Optional<CertificateAuthority> renewed = directory.renewedIntermediate(now);
        if (renewed.isPresent()) {
            authority = renewed.get();
            LOG.info("renewed the intermediate certificate");
        } else {
            LOG.warn(
                    "the intermediate certificate ends at {} and the root's key is not here;"
                            + " put authority/root-key.pem back for a moment",
                    authority.issuer().getNotAfter().toInstant());
        }
    }

    private X509Svid serverSvid(Instant now) {
        return authority.issue(
                CaClient.authorityId(authority.bundle().trustDomain()),
                KeyAlgorithm.EC_P256,
                hosts,
                now,
                SERVER_TTL);
    }

    private static double leftOf(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        return (double) Duration.between(now, until).toSeconds()
                / Duration.between(from, until).toSeconds();
    }
}
