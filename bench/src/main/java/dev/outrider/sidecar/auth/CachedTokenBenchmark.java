package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.time.Ticker;
import java.math.BigInteger;
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
 * A request with a token (RS256, about 700 characters) that was verified before. The filter takes
 * the token out, so each round works on a copy of the head; {@link #copyAlone} is what that costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CachedTokenBenchmark {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Headers headers = SampleExchange.headers();
    private final Jwks jwks;
    private final JwtFilter filter;

    public CachedTokenBenchmark() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            headers.add(TokenHeader.DEFAULT_NAME, token(pair));
            String keys = jwks((RSAPublicKey) pair.getPublic());
            jwks =
                    new Jwks(
                            () -> new JwksSource.Fetched(keys, null),
                            JwksConfig.DEFAULTS,
                            InstantSource.system(),
                            Ticker.system(),
                            new SecureRandom());
            filter =
                    new JwtFilter(
                            JwtConfig.forAudience("orders"), jwks, null, InstantSource.system());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String token(KeyPair pair) throws GeneralSecurityException {
        long expires = InstantSource.system().millis() / 1000 + 3600;
        String claims =
                "{\"sub\":\""
                        + SampleExchange.WEB
                        + "\",\"aud\":\"orders\",\"exp\":"
                        + expires
                        + ",\"jti\":\"0f8fad5b-d9cb-469f-a165-70867728950e\",\"more\":\""
                        + "m".repeat(60)
                        + "\"}";
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
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"n\":\""
                + number(key.getModulus())
                + "\",\"e\":\""
                + number(key.getPublicExponent())
                + "\"}]}";
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = bytes[0] == 0 ? 1 : 0;
        return BASE64.encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
    }

    @Setup
    public void fetch() {
        jwks.start();
        while (jwks.current() == null) {
            Thread.onSpinWait();
        }
    }

    @TearDown
    public void end() {
        jwks.close();
    }

    @Benchmark
    public Exchange copyAlone() {
        return exchange();
    }

    @Benchmark
    public Verdict admit() {
        Verdict verdict = filter.onRequest(exchange());
        if (!verdict.equals(Verdict.CONTINUE)) {
            throw new IllegalStateException("not admitted: " + verdict);
        }
        return verdict;
    }

    private Exchange exchange() {
        return SampleExchange.of(Direction.INBOUND, SampleExchange.head(headers.copy()));
    }
}
