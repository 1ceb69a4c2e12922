package dev.outrider.sidecar.tls;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The authority as one workload uses it. Blocking; for the source's thread alone. */
final class Authority {
    private static final int LARGEST_TOKEN = 16 * 1024;

    private final SpiffeId id;
    private final IdentityCa ca;
    private final InstantSource clock;
    private final SecureRandom random;
    private List<X509Certificate> extraRoots = List.of();
    private @Nullable CaClient client;

    /** No answer of use; the message is a whole sentence. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;
        private final @Nullable Duration retryAfter;

        Unavailable(CaException cause) {
            super(cause.reason() + ": " + cause.getMessage(), cause);
            this.retryAfter = cause.retryAfter();
        }

        @Nullable Duration retryAfter() {
            return retryAfter;
        }
    }

    Authority(SpiffeId id, IdentityCa ca, InstantSource clock, SecureRandom random) {
        this.id = id;
        this.ca = ca;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Before the first call: roots the authority itself gave us in an earlier life. The pinned file
     * may be older than the last change of roots, or younger: both are trusted.
     */
    void alsoTrust(TrustBundle kept) {
        extraRoots = kept.roots();
    }

    TrustBundle bundle() throws Unavailable, IOException {
        try {
            TrustBundle fetched = client().fetchBundle();
            extraRoots = fetched.roots();
            return fetched;
        } catch (CaException e) {
            throw unavailable(e);
        }
    }

    /**
     * A new key and certificate. Proven with the current identity; when that has ended or is
     * refused, with the bootstrap token. A dead network is not asked twice.
     */
    X509Svid svid(@Nullable X509Svid current) throws Unavailable, IOException {
        try {
            if (current == null || clock.instant().isAfter(current.notAfter())) {
                return withToken();
            }
            try {
                return client().fetchSvid(id, ca.key(), new BootstrapProof.Current(current));
            } catch (CaException e) {
                if (e.side() == CaException.Side.NETWORK || !Files.isReadable(ca.token())) {
                    throw e;
                }
                return withToken();
            }
        } catch (CaException e) {
            throw unavailable(e);
        }
    }

    Duration skew() {
        return client == null ? Duration.ZERO : client.skew();
    }

    void close() {
        if (client != null) {
            client.close();
        }
    }

    private X509Svid withToken() throws CaException, IOException {
        Path file = ca.token();
        if (Files.size(file) > LARGEST_TOKEN) {
            throw new IOException(file + " is too large for a token");
        }
        String token = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return client().fetchSvid(id, ca.key(), new BootstrapProof.Token(token));
    }

    /**
     * A server that is not the one we trust may be one whose root was replaced while we could not
     * ask: the pinned file may know it by now, and is read again for the next call.
     */
    private Unavailable unavailable(CaException cause) {
        if (client != null && cause.reason().equals("untrusted-authority")) {
            client.close();
            client = null;
        }
        return new Unavailable(cause);
    }

    /** Made when first needed, so that a pinned bundle that is mounted late is only a delay. */
    private CaClient client() throws IOException {
        CaClient known = client;
        if (known != null) {
            return known;
        }
        TrustBundle pinned = TrustBundle.load(id.trustDomain(), ca.bundle());
        Set<X509Certificate> roots = new LinkedHashSet<>(pinned.roots());
        roots.addAll(extraRoots);
        CaClient made =
                new CaClient(
                        ca.address(),
                        new TrustBundle(id.trustDomain(), List.copyOf(roots)),
                        clock,
                        random);
        client = made;
        return made;
    }
}
