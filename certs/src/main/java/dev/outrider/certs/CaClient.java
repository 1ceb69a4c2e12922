package dev.outrider.certs;

import dev.outrider.certs.CaException.Side;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The workload's side of the authority's protocol (docs/ca-api.md). Blocking, at most five seconds
 * a call unless said otherwise; safe for several virtual threads. It keeps one connection pool for
 * calls without a certificate and one for the certificate shown last.
 */
public final class CaClient implements AutoCloseable {

    private final CaConnection connection;
    private final SecureRandom random;
    private final InstantSource clock;
    private volatile TrustBundle bundle;

    /** How long a call may take: until the connection stands, and altogether. */
    public record Deadlines(Duration connect, Duration request) {
        public static final Deadlines DEFAULTS =
                new Deadlines(Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    /**
     * @param ca {@code https://host:port}
     * @param pinned the roots that the authority's own certificate must lead to
     */
    public CaClient(
            URI ca,
            TrustBundle pinned,
            InstantSource clock,
            SecureRandom random,
            Deadlines deadlines) {
        this.bundle = pinned;
        this.clock = clock;
        this.random = random;
        SpiffeId authority = authorityId(pinned.trustDomain());
        CaTrustManager trust = new CaTrustManager(() -> bundle, authority, clock);
        this.connection = new CaConnection(ca, trust, clock, deadlines);
    }

    public CaClient(URI ca, TrustBundle pinned, InstantSource clock, SecureRandom random) {
        this(ca, pinned, clock, random, Deadlines.DEFAULTS);
    }

    /** Real clock and randomness. */
    public CaClient(URI ca, TrustBundle pinned) {
        this(ca, pinned, InstantSource.system(), new SecureRandom());
    }

    /** The id of every mesh's authority server. */
    public static SpiffeId authorityId(String trustDomain) {
        return SpiffeId.of(trustDomain, "outrider", "ca");
    }

    /** A new key, and a certificate for it that was checked as a peer would check it. */
    public X509Svid fetchSvid(SpiffeId id, KeyAlgorithm algorithm, BootstrapProof proof)
            throws CaException {
        KeyPair pair = algorithm.generate(random);
        HttpRequest.Builder request =
                connection
                        .request("/v1/svid")
                        .header("Content-Type", "application/pkcs10")
                        .header("Accept", "application/pem-certificate-chain")
                        .POST(BodyPublishers.ofString(SigningRequest.create(pair, id)));
        X509Svid shown =
                switch (proof) {
                    case BootstrapProof.Token token -> {
                        bear(request, token);
                        yield null;
                    }
                    case BootstrapProof.Current(X509Svid svid) -> svid;
                    case BootstrapProof.Renewal(X509Svid svid, BootstrapProof.Token token) -> {
                        bear(request, token);
                        yield svid;
                    }
                };
        return checked(id, pair, connection.send(request, shown));
    }

    private static void bear(HttpRequest.Builder request, BootstrapProof.Token token) {
        request.header("Authorization", "Bearer " + token.secret());
    }

    /** A JWT-SVID that tells {@code audience} who {@code caller} is. */
    public String fetchJwt(X509Svid caller, String audience) throws CaException {
        String body = Json.write(Map.of("audience", audience));
        String answer =
                connection.send(
                        connection
                                .request("/v1/jwt")
                                .header("Content-Type", "application/json")
                                .header("Accept", "application/json")
                                .POST(BodyPublishers.ofString(body)),
                        caller);
        Object token = members(answer).get("token");
        if (token instanceof String text && text.chars().filter(c -> c == '.').count() == 2) {
            return text;
        }
        throw nonsense("the answer holds no token", null);
    }

    /**
     * The authority's roots of now. The client itself trusts them from here on, so that it follows
     * when a root is replaced.
     */
    public TrustBundle fetchBundle() throws CaException {
        String pem =
                connection.send(
                        connection
                                .request("/v1/bundle")
                                .header("Accept", "application/x-pem-file")
                                .GET(),
                        null);
        try {
            bundle = TrustBundle.parsePem(bundle.trustDomain(), pem);
            return bundle;
        } catch (IllegalArgumentException e) {
            throw nonsense("the bundle " + e.getMessage(), e);
        }
    }

    /** The JWKS document with the keys that verify the mesh's tokens. */
    public String fetchJwks() throws CaException {
        String document =
                connection.send(
                        connection.request("/v1/jwks").header("Accept", "application/json").GET(),
                        null);
        if (members(document).get("keys") instanceof List<?>) {
            return document;
        }
        throw nonsense("the answer is no JWKS document", null);
    }

    /**
     * The authority's clock minus ours, from the last answer's {@code Date}: above zero when ours
     * is behind. Good to about a second; zero before the first answer.
     */
    public Duration skew() {
        return connection.skew();
    }

    @Override
    public void close() {
        connection.close();
    }

    private X509Svid checked(SpiffeId id, KeyPair pair, String pem) throws CaException {
        try {
            List<X509Certificate> chain = Pem.certificates(pem);
            SpiffeId issued = SvidVerifier.verify(chain, bundle, clock.instant());
            if (!issued.equals(id)) {
                throw nonsense("asked for " + id + ", got a certificate of " + issued, null);
            }
            return new X509Svid(id, pair.getPrivate(), chain);
        } catch (IllegalArgumentException e) {
            throw nonsense("the certificate " + e.getMessage(), e);
        } catch (SvidException e) {
            throw new CaException(
                    Side.CALLER,
                    "unusable-certificate",
                    "the authority's certificate does not hold here (its clock is "
                            + LifeTime.show(skew())
                            + " from ours): "
                            + e.getMessage(),
                    true,
                    null,
                    e);
        }
    }

    private static Map<?, ?> members(String json) throws CaException {
        return CaConnection.object(json)
                .orElseThrow(() -> nonsense("the answer is no JSON object", null));
    }

    private static CaException nonsense(String message, @Nullable Throwable cause) {
        return new CaException(Side.AUTHORITY, "unusable-answer", message, true, null, cause);
    }
}
