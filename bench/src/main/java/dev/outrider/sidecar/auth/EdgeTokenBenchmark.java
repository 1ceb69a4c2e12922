package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.time.Ticker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A token from outside (RS256, about 700 characters): one that was verified before, and the same
 * when its signature has to be looked at, which is what a new caller costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EdgeTokenBenchmark {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String ISSUER = "https://issuer.example/";

    private final Jwks jwks;
    private final EdgeTokens tokens;
    private final TokenVerifier verifier;
    private final String text;
    private final FieldValue field;

    public EdgeTokenBenchmark() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            String keys = jwks((RSAPublicKey) pair.getPublic());
            InstantSource clock = InstantSource.system();
            text = token(pair, clock.millis() / 1000 + 3600);
            field = FieldValue.of(text);
            jwks =
                    new Jwks(
                            () -> new JwksSource.Fetched(keys, null),
                            JwksConfig.DEFAULTS,
                            clock,
                            Ticker.system(),
                            new SecureRandom());
            IssuerConfig issuer = issuer();
            verifier = new TokenVerifier(issuer.rules(), clock);
            tokens =
                    new EdgeTokens(
                            new EdgeJwtConfig(Map.of("idp", issuer), null, 4096),
                            Map.of("idp", jwks),
                            null,
                            clock);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static IssuerConfig issuer() {
        JwksConfig base = JwksConfig.DEFAULTS;
        return new IssuerConfig(
                ISSUER,
                List.of("api"),
                new JwksConfig(
                        null,
                        URI.create("https://issuer.example/jwks"),
                        base.refresh(),
                        base.refetchEvery(),
                        base.maxWait(),
                        base.timeout(),
                        null),
                IssuerConfig.ALGORITHMS,
                IssuerConfig.LEEWAY,
                Map.of(),
                TokenSource.AUTHORIZATION,
                ClaimNames.DEFAULTS);
    }

    private static String token(KeyPair pair, long expires) throws GeneralSecurityException {
        String claims =
                "{\"iss\":\""
                        + ISSUER
                        + "\",\"sub\":\"auth0|5f7c8ec7c33c6c004bbafe82\",\"aud\":\"api\",\"exp\":"
                        + expires
                        + ",\"scope\":\"orders:read orders:write\",\"roles\":[\"buyer\"]}";
        String input = part("{\"alg\":\"RS256\",\"kid\":\"k1\"}") + "." + part(claims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + BASE64.encodeToString(signature.sign());
    }

    private static String part(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String jwks(RSAPublicKey key) {
        byte[] modulus = key.getModulus().toByteArray();
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"n\":\""
                + BASE64.encodeToString(Arrays.copyOfRange(modulus, 1, modulus.length))
                + "\",\"e\":\"AQAB\"}]}";
    }

    @Setup
    public void fetch() {
        jwks.start();
        while (jwks.current() == null) {
            Thread.onSpinWait();
        }
        if (!(known() instanceof TokenOutcome.Accepted)) {
            throw new IllegalStateException("not accepted");
        }
    }

    @TearDown
    public void end() {
        jwks.close();
    }

    @Benchmark
    public TokenOutcome known() {
        return tokens.judge(field, Runnable::run);
    }

    @Benchmark
    public TokenResult verified() {
        KeySet keys = jwks.current();
        if (keys == null) {
            throw new IllegalStateException("no keys");
        }
        return verifier.verify(text, keys);
    }
}
