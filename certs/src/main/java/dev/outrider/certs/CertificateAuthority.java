package dev.outrider.certs;

import dev.outrider.certs.CertificateForms.Validity;
import dev.outrider.certs.CsrException.Reason;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Signs workloads' certificates with an intermediate below a root. Immutable and safe for any
 * number of threads; a renewed intermediate makes a new authority. It asks no questions: who may
 * have which id is decided before {@code issue} is called.
 */
public final class CertificateAuthority {
    /** How long a workload's certificate lives unless said otherwise. */
    public static final Duration DEFAULT_TTL = Duration.ofHours(24);

    private static final Duration ROOT_LIFE = Duration.ofDays(3650);
    private static final Duration INTERMEDIATE_LIFE = Duration.ofDays(365);
    private static final Duration AUTHORITY_BACK_DATE = Duration.ofHours(1);
    private static final Duration LONGEST_BACK_DATE = Duration.ofMinutes(5);
    private static final Duration SHORTEST_TTL = Duration.ofSeconds(10);

    private final TrustBundle bundle;
    private final List<X509Certificate> issuers;
    private final PrivateKey issuerKey;
    private final SecureRandom random;

    /**
     * An authority from what was kept; {@code issuer} must be signed by the bundle's first root.
     */
    public CertificateAuthority(
            TrustBundle bundle, X509Certificate issuer, PrivateKey issuerKey, SecureRandom random) {
        this(bundle, List.of(issuer), issuerKey, random);
    }

    /**
     * @param issuers the intermediate that signs, then those between it and a root of {@code
     *     bundle}: what every chain that is given out ends with
     */
    public CertificateAuthority(
            TrustBundle bundle,
            List<X509Certificate> issuers,
            PrivateKey issuerKey,
            SecureRandom random) {
        this.bundle = bundle;
        this.issuers = List.copyOf(issuers);
        this.issuerKey = issuerKey;
        this.random = random;
    }

    /** A self-signed root, with the key that is needed only to sign an intermediate. */
    public record Root(String trustDomain, X509Certificate certificate, PrivateKey key) {
        public static Root create(
                String trustDomain, KeyAlgorithm algorithm, Instant now, SecureRandom random) {
            KeyPair pair = algorithm.generate(random);
            Validity validity = authorityValidity(now, now.plus(ROOT_LIFE));
            X509Certificate made = CertificateForms.root(trustDomain, pair, validity, random);
            return new Root(trustDomain, made, pair.getPrivate());
        }

        /** A new intermediate below this root, with a new key. */
        public CertificateAuthority intermediate(
                KeyAlgorithm algorithm, Instant now, SecureRandom random) {
            KeyPair pair = algorithm.generate(random);
            Instant until =
                    earlier(now.plus(INTERMEDIATE_LIFE), certificate.getNotAfter().toInstant());
            X509Certificate made =
                    CertificateForms.intermediate(
                            trustDomain,
                            pair.getPublic(),
                            certificate,
                            key,
                            authorityValidity(now, until),
                            random);
            TrustBundle bundle = new TrustBundle(trustDomain, List.of(certificate));
            return new CertificateAuthority(bundle, made, pair.getPrivate(), random);
        }

        @Override
        public String toString() {
            return "Root[" + trustDomain + "]";
        }
    }

    public TrustBundle bundle() {
        return bundle;
    }

    /** Who signs. */
    public X509Certificate issuer() {
        return issuers.getFirst();
    }

    /** Who signs, and whoever stands between it and the root. */
    public List<X509Certificate> issuers() {
        return issuers;
    }

    /** The intermediate's key: a secret, for {@link SecretFiles} only. */
    public PrivateKey issuerKey() {
        return issuerKey;
    }

    /**
     * Signs a request of the workload {@code id} and gives its chain. The request's own id must be
     * the same: what a caller asks for never widens what it is.
     */
    public List<X509Certificate> issue(
            CertificateRequest request, SpiffeId id, Instant now, Duration ttl)
            throws CsrException {
        return issue(request, id, List.of(), now, ttl);
    }

    /** The same with {@code hosts} beside the id, which the caller decides, not the request. */
    public List<X509Certificate> issue(
            CertificateRequest request, SpiffeId id, List<String> hosts, Instant now, Duration ttl)
            throws CsrException {
        if (!request.id().equals(id)) {
            throw new CsrException(
                    Reason.NOT_THE_CALLER,
                    "the request is for " + request.id() + ", not for " + id);
        }
        return chain(certificate(id, hosts, request.key(), now, ttl));
    }

    /** Makes the key too. {@code hosts} (DNS names, IP addresses) are for the CA's own server. */
    public X509Svid issue(
            SpiffeId id, KeyAlgorithm algorithm, List<String> hosts, Instant now, Duration ttl) {
        KeyPair pair = algorithm.generate(random);
        X509Certificate leaf = certificate(id, hosts, pair.getPublic(), now, ttl);
        return new X509Svid(id, pair.getPrivate(), chain(leaf));
    }

    private X509Certificate certificate(
            SpiffeId id, List<String> hosts, PublicKey key, Instant now, Duration ttl) {
        if (!id.trustDomain().equals(bundle.trustDomain())) {
            throw new IllegalArgumentException(
                    id + " is not of this authority's trust domain '" + bundle.trustDomain() + "'");
        }
        if (ttl.compareTo(SHORTEST_TTL) < 0) {
            throw new IllegalArgumentException(
                    "a certificate must live at least " + LifeTime.show(SHORTEST_TTL));
        }
        Instant from = now.minus(backDate(ttl)).truncatedTo(ChronoUnit.SECONDS);
        Instant until = now.plus(ttl).truncatedTo(ChronoUnit.SECONDS);
        Instant end = end();
        if (!end.isAfter(now)) {
            throw new IllegalArgumentException(
                    "the intermediate ended at " + end + ", the clock says " + now + "; renew it");
        }
        Validity validity = new Validity(from, earlier(until, end));
        return CertificateForms.workload(id, hosts, key, issuer(), issuerKey, validity, random);
    }

    private List<X509Certificate> chain(X509Certificate leaf) {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf);
        chain.addAll(issuers);
        return chain;
    }

    /** When the first of the issuers ends; nothing below them holds for longer. */
    private Instant end() {
        Instant first = Instant.MAX;
        for (X509Certificate one : issuers) {
            first = earlier(first, one.getNotAfter().toInstant());
        }
        return first;
    }

    /**
     * Clocks differ, so a certificate starts before it is made; never by more than a tenth of its
     * life, so that "half of its life" stays a sound rule for renewing a short-lived one.
     */
    private static Duration backDate(Duration ttl) {
        Duration tenth = ttl.dividedBy(10);
        return tenth.compareTo(LONGEST_BACK_DATE) < 0 ? tenth : LONGEST_BACK_DATE;
    }

    private static Validity authorityValidity(Instant now, Instant until) {
        return new Validity(
                now.minus(AUTHORITY_BACK_DATE).truncatedTo(ChronoUnit.SECONDS),
                until.truncatedTo(ChronoUnit.SECONDS));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
