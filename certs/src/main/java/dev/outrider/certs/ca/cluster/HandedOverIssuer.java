package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.Pem;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.Issuer;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Mirror.Change;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An intermediate that somebody else makes and renews, such as cert-manager: a Secret of type
 * {@code kubernetes.io/tls} with {@code tls.crt}, {@code tls.key} and, in {@code ca.crt}, the root.
 * What it holds is tried out before it is taken; while it is broken or gone, what was good last
 * stays. The authority keeps a copy in its own state: when the root changes it still signs with the
 * old one until everybody has learned of the new.
 */
final class HandedOverIssuer implements Supplier<Optional<Issuer>>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandedOverIssuer.class);

    private final String namespace;
    private final String name;
    private final String trustDomain;
    private final InstantSource clock;
    private final SecureRandom random;
    private volatile Issuer current;
    private volatile @Nullable Mirror mirror;

    private HandedOverIssuer(
            String namespace,
            String name,
            String trustDomain,
            InstantSource clock,
            SecureRandom random,
            Map<String, @Nullable Object> secret)
            throws IOException {
        this.namespace = namespace;
        this.name = name;
        this.trustDomain = trustDomain;
        this.clock = clock;
        this.random = random;
        this.current = parsed(secret);
    }

    /** Must be good now, and is followed from here on. */
    static HandedOverIssuer start(
            KubeApi api,
            ClusterSettings settings,
            String secret,
            Pace pace,
            InstantSource clock,
            SecureRandom random)
            throws IOException, KubeException {
        String namespace = settings.namespace();
        Map<String, @Nullable Object> there =
                api.find(Resource.SECRETS.named(namespace, secret))
                        .orElseThrow(() ->
                                new IOException(
                                        "Secret "
                                                + namespace
                                                + "/"
                                                + secret
                                                + " (--issuer-secret) is not there; is its"
                                                + " Certificate made, and ready?"));
        HandedOverIssuer issuer =
                new HandedOverIssuer(
                        namespace, secret, settings.trustDomain(), clock, random, there);
        issuer.mirror =
                Mirror.start(
                        api,
                        Resource.SECRETS.in(namespace),
                        Selector.named(secret),
                        pace,
                        issuer::changed);
        return issuer;
    }

    @Override
    public Optional<Issuer> get() {
        return Optional.of(current);
    }

    @Override
    public void close() {
        Mirror following = mirror;
        if (following != null) {
            following.close();
        }
    }

    private void changed(Change change) {
        switch (change.type()) {
            case ADDED, MODIFIED -> {
                try {
                    Issuer next = parsed(change.object());
                    if (!next.chain().equals(current.chain())) {
                        LOG.info("was handed {}", next);
                    }
                    current = next;
                } catch (IOException e) {
                    LOG.error("the issuer from before stays in use: {}", e.getMessage());
                }
            }
            case DELETED ->
                    LOG.error(
                            "Secret {}/{} was deleted; the issuer from before stays in use",
                            namespace,
                            name);
            case RESYNCED -> {}
        }
    }

    private Issuer parsed(Map<String, @Nullable Object> secret) throws IOException {
        String ca = text(secret, "ca.crt");
        String certificates = text(secret, "tls.crt");
        String key = text(secret, "tls.key");
        TrustBundle given = at("ca.crt", () -> TrustBundle.parsePem(trustDomain, ca));
        List<X509Certificate> chain =
                new ArrayList<>(at("tls.crt", () -> Pem.certificates(certificates)));
        TrustBundle roots = signingFirst(given, chain.getLast());
        // The root at the chain's end is left out, as ever; where the root itself signs, it stays.
        X509Certificate signs = chain.getFirst();
        chain.removeIf(one -> !one.equals(signs) && roots.roots().contains(one));
        for (X509Certificate one : chain) {
            requireTrustDomain("tls.crt", one);
        }
        requireTrustDomain("ca.crt", roots.roots().getFirst());
        var secretKey = at("tls.key", () -> Pem.privateKey(key));
        Issuer issuer = at("tls.crt", () -> new Issuer(roots, Optional.empty(), chain, secretKey));
        tryOut(issuer);
        return issuer;
    }

    /** Of several roots the one that signed {@code last} comes first. */
    private static TrustBundle signingFirst(TrustBundle roots, X509Certificate last) {
        List<X509Certificate> ordered = new ArrayList<>(roots.roots());
        ordered.sort(Comparator.comparing(root -> !signed(root, last)));
        return new TrustBundle(roots.trustDomain(), ordered);
    }

    /** By its signature: a root's successor often has the same name. */
    private static boolean signed(X509Certificate root, X509Certificate one) {
        try {
            one.verify(root.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return root.equals(one);
        }
    }

    /** Signs for nobody and verifies that as a peer would: path lengths, usages, constraints. */
    private void tryOut(Issuer issuer) throws IOException {
        Instant now = clock.instant();
        SpiffeId nobody = SpiffeId.of(trustDomain, "outrider", "trial");
        try {
            X509Svid trial =
                    new CertificateAuthority(issuer.roots(), issuer.chain(), issuer.key(), random)
                            .issue(
                                    nobody,
                                    KeyAlgorithm.EC_P256,
                                    List.of(),
                                    now,
                                    Duration.ofMinutes(5));
            var _ = SvidVerifier.verify(trial.chain(), issuer.roots(), now);
        } catch (IllegalArgumentException | SvidException e) {
            throw broken("tls.crt", "cannot sign for workloads: " + e.getMessage());
        }
    }

    private void requireTrustDomain(String key, X509Certificate authority) throws IOException {
        String named = at(key, () -> TrustBundle.namedBy(authority)).orElse(trustDomain);
        if (!named.equals(trustDomain)) {
            throw broken(
                    key,
                    "is of the trust domain '"
                            + named
                            + "', this authority of '"
                            + trustDomain
                            + "' (--trust-domain)");
        }
    }

    private String text(Map<String, @Nullable Object> secret, String key) throws IOException {
        byte[] bytes = at(key, () -> Fields.secret(secret, key)).orElse(null);
        if (bytes == null || bytes.length == 0) {
            throw broken(
                    key,
                    "is missing: a Secret with an issuer has tls.crt, tls.key and ca.crt"
                            + (key.equals("ca.crt")
                                    ? ", the root; use an Issuer that gives it (a CA, not ACME)"
                                    : ""));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private <T> T at(String key, Supplier<T> parser) throws IOException {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw broken(key, String.valueOf(e.getMessage()));
        }
    }

    private IOException broken(String key, String why) {
        return new IOException("Secret " + namespace + "/" + name + ", key '" + key + "', " + why);
    }
}
