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
     * A new key and certificate. The first is proven by the token, each further one by the current
     * certificate and the token as it is now: which of the two it wants to see is the authority's
     * to say. A bootstrap token may be gone by then, and the certificate is shown alone.
     */
    X509Svid svid(@Nullable X509Svid current) throws Unavailable, IOException {
        try {
            return client().fetchSvid(id, ca.key(), proof(current));
        } catch (CaException e) {
            throw unavailable(e);
        }
    }

    private BootstrapProof proof(@Nullable X509Svid current) throws IOException {
        if (current == null || clock.instant().isAfter(current.notAfter())) {
            return token();
        }
        try {
            return new BootstrapProof.Renewal(current, token());
        } catch (IOException | IllegalArgumentException e) {
            return new BootstrapProof.Current(current);
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

    /** Read anew each time: the kubelet replaces the file well before the token ends. */
    private BootstrapProof.Token token() throws IOException {
        Path file = ca.token();
        if (Files.size(file) > LARGEST_TOKEN) {
            throw new IOException(file + " is too large for a token");
        }
        return new BootstrapProof.Token(Files.readString(file, StandardCharsets.US_ASCII).strip());
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
