package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Tokens.NOW;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Two issuers from outside with keys of their own: {@code staff} signs with EC, {@code partner}
 * with RSA and others. Starts and closes their keys.
 */
public final class EdgeIssuers implements AutoCloseable {
    public static final String STAFF = "https://staff.example/";
    public static final String PARTNER = "https://partner.example/";
    static final KeyPair STAFF_KEY = Tokens.EC;
    static final KeyPair PARTNER_KEY = Tokens.RSA;
    static final KeyPair EDWARDS = Tokens.generate("Ed25519", 255);
    static final String STAFF_HEADER = "{'alg':'ES256','kid':'s1','typ':'JWT'}";
    static final String PARTNER_HEADER = "{'alg':'RS256','kid':'p1','typ':'at+jwt'}";

    final FakeClocks clocks = new FakeClocks();
    final FakeJwksSource staffKeys =
            new FakeJwksSource(
                    Tokens.jwks(Tokens.ec("s1", STAFF_KEY), Tokens.rsa("both", Tokens.RSA)));
    final FakeJwksSource partnerKeys =
            new FakeJwksSource(
                    Tokens.jwks(
                            Tokens.rsa("p1", PARTNER_KEY),
                            Tokens.ec("p384", Tokens.EC_384),
                            Tokens.ed25519("ped", EDWARDS)));
    private final Map<String, Jwks> keys = new LinkedHashMap<>();

    public EdgeIssuers() {
        keys.put("staff", jwks(staffKeys));
        keys.put("partner", jwks(partnerKeys));
    }

    private Jwks jwks(JwksSource source) {
        return new Jwks(source, JwksConfig.DEFAULTS, clocks, clocks, new Random(1));
    }

    public EdgeIssuers started() {
        keys.values().forEach(Jwks::start);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> keys.values().stream().allMatch(each -> each.current() != null));
        return this;
    }

    void start(String name) {
        Jwks jwks = java.util.Objects.requireNonNull(keys.get(name));
        jwks.start();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> jwks.current() != null);
    }

    public static IssuerConfig staff() {
        return new IssuerConfig(
                STAFF,
                List.of("api"),
                url(),
                List.of(TokenAlgorithm.ES256),
                Duration.ofSeconds(30),
                Map.of(),
                TokenSource.AUTHORIZATION,
                new ClaimNames(
                        new ClaimPath("sub"),
                        new ClaimPath("realm_access.roles"),
                        new ClaimPath("scope"),
                        new ClaimPath("https://staff.example/tenant"),
                        new ClaimPath("plan")));
    }

    public static IssuerConfig partner() {
        return new IssuerConfig(
                PARTNER,
                List.of("api", "partners"),
                url(),
                Arrays.asList(TokenAlgorithm.values()),
                Duration.ofSeconds(30),
                Map.of("email_verified", List.of("true"), "groups", List.of("a", "b")),
                new TokenSource.Cookie("session"),
                ClaimNames.DEFAULTS);
    }

    private static JwksConfig url() {
        JwksConfig base = JwksConfig.DEFAULTS;
        return new JwksConfig(
                null,
                URI.create("https://issuer.example/jwks"),
                base.refresh(),
                base.refetchEvery(),
                base.maxWait(),
                base.timeout(),
                null);
    }

    public EdgeTokens tokens(@Nullable DenyList denyList) {
        return new EdgeTokens(config(), keys, denyList, clocks);
    }

    public static EdgeJwtConfig config() {
        Map<String, IssuerConfig> issuers = new LinkedHashMap<>();
        issuers.put("staff", staff());
        issuers.put("partner", partner());
        return new EdgeJwtConfig(issuers, null, 100);
    }

    /** Claims of staff that hold now, with more appended. */
    static String claims(String more) {
        return "{'iss':'"
                + STAFF
                + "','sub':'ann','aud':'api','exp':"
                + (NOW.getEpochSecond() + 600)
                + (more.isEmpty() ? "" : "," + more)
                + "}";
    }

    static String partnerClaims() {
        return "{'iss':'"
                + PARTNER
                + "','sub':'shop-7','aud':['other','partners'],'exp':"
                + (NOW.getEpochSecond() + 600)
                + ",'email_verified':true,'groups':['x','b']}";
    }

    /** A good token of staff. */
    public static String good(String more) {
        return Tokens.sign(STAFF_HEADER, claims(more), STAFF_KEY.getPrivate());
    }

    /** The keys of staff, for a file. */
    public static String staffKeys() {
        return Tokens.jwks(Tokens.ec("s1", STAFF_KEY));
    }

    /** A token of staff that expires then, and not at a time of the fake clock. */
    public static String expiring(Instant expires, String more) {
        String claims =
                claims(more).replaceFirst("'exp':[0-9]+", "'exp':" + expires.getEpochSecond());
        return Tokens.sign(STAFF_HEADER, claims, STAFF_KEY.getPrivate());
    }

    /** A good token of the partner. */
    public static String goodPartner() {
        return Tokens.sign(PARTNER_HEADER, partnerClaims(), PARTNER_KEY.getPrivate());
    }

    public void advance(Duration duration) {
        clocks.advance(duration);
    }

    @Override
    public void close() {
        keys.values().forEach(Jwks::close);
    }
}
