package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JwksTest {
    private static final String OTHER = Tokens.jwks(Tokens.ec("k2", Tokens.EC_OTHER));

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FakeClocks clocks = new FakeClocks();
    private final FakeJwksSource source = new FakeJwksSource(Tokens.JWKS);

    private static JwksConfig config(Duration maxWait, @Nullable Path cache) {
        return new JwksConfig(
                null,
                null,
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                maxWait,
                Duration.ofSeconds(5),
                cache);
    }

    private Jwks jwks(@Nullable Path cache) {
        return new Jwks(
                source, config(Duration.ofSeconds(20), cache), clocks, clocks, new Random(1));
    }

    private static boolean fetched(@Nullable CompletableFuture<Boolean> fetch) throws Exception {
        return Objects.requireNonNull(fetch).get(20, TimeUnit.SECONDS);
    }

    @Test
    void keepsTheOldKeysWhenAFetchFailsOrBringsRubbish() throws Exception {
        try (Jwks jwks = jwks(null)) {
            assertThat(fetched(jwks.refetch())).isTrue();
            KeySet keys = jwks.current();
            clocks.advance(Duration.ofSeconds(30));
            source.broken = true;
            assertThat(fetched(jwks.refetch())).isFalse();
            assertThat(jwks.current()).isSameAs(keys);
            assertThat(jwks.status())
                    .isEqualTo(new Jwks.Status(3, Duration.ofSeconds(30), 2, 1, "the CA is down"));
            clocks.advance(Duration.ofSeconds(30));
            source.broken = false;
            source.document = "{\"keys\":[]}";
            assertThat(fetched(jwks.refetch())).isFalse();
            assertThat(jwks.current()).isSameAs(keys);
            clocks.advance(Duration.ofSeconds(30));
            source.document = OTHER;
            assertThat(fetched(jwks.refetch())).isTrue();
            assertThat(jwks.status()).isEqualTo(new Jwks.Status(1, Duration.ZERO, 4, 2, null));
        }
    }

    @Test
    void whatAFormerSourceToldStandsUntilTheNewOneAnswers() throws Exception {
        try (Jwks former = jwks(null)) {
            assertThat(fetched(former.refetch())).isTrue();
            clocks.advance(Duration.ofSeconds(30));
            source.broken = true;
            try (Jwks jwks = jwks(null)) {
                jwks.takeOver(former);
                assertThat(fetched(jwks.refetch())).isFalse();
                assertThat(jwks.current()).isSameAs(former.current());
                assertThat(jwks.status().age()).isEqualTo(Duration.ofSeconds(30));
                clocks.advance(Duration.ofSeconds(30));
                source.broken = false;
                source.document = OTHER;
                assertThat(fetched(jwks.refetch())).isTrue();
                assertThat(jwks.status().keys()).isEqualTo(1);
            }
        }
    }

    @Test
    void keepsTheSameSetWhenTheDocumentIsTheSame() throws Exception {
        try (Jwks jwks = jwks(null)) {
            assertThat(fetched(jwks.refetch())).isTrue();
            KeySet keys = jwks.current();
            clocks.advance(Duration.ofSeconds(10));
            assertThat(fetched(jwks.refetch())).isTrue();
            assertThat(jwks.current()).isSameAs(keys);
        }
    }

    @Test
    void fetchesOnceForAllWhoWaitAndNotAgainTooSoon() throws Exception {
        source.hold();
        try (Jwks jwks = jwks(null)) {
            CompletableFuture<Boolean> first = jwks.refetch();
            CompletableFuture<Boolean> second = jwks.refetch();
            source.gate.release();
            assertThat(fetched(first)).isTrue();
            assertThat(fetched(second)).isTrue();
            assertThat(jwks.refetch()).isNull();
            assertThat(source.fetches).hasValue(1);
            clocks.advance(Duration.ofSeconds(10));
            assertThat(jwks.refetch()).isNotNull();
        }
    }

    @Test
    void endsTheWaitWhenTheFetchTakesTooLong() throws Exception {
        source.hold();
        JwksConfig impatient = config(Duration.ofMillis(1), null);
        try (Jwks jwks = new Jwks(source, impatient, clocks, clocks, new Random(1))) {
            assertThat(fetched(jwks.refetch())).isFalse();
            source.gate.release();
            await().until(() -> jwks.current() != null);
        }
    }

    @Test
    void refreshesInTheBackgroundAndTriesAgainSoonAfterAFailure() {
        source.broken = true;
        try (Jwks jwks = jwks(null)) {
            jwks.start();
            await().until(() -> jwks.status().failures() > 0);
            source.broken = false;
            await().until(() -> jwks.current() != null);
            assertThat(jwks.status().lastError()).isNull();
        }
    }

    @Test
    void startsFromTheKeysItKeptWhenTheCaIsDown(@TempDir Path dir) throws Exception {
        Path kept = dir.resolve("jwks.json");
        try (Jwks jwks = jwks(kept)) {
            assertThat(fetched(jwks.refetch())).isTrue();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        source.broken = true;
        try (Jwks jwks = jwks(kept)) {
            jwks.start();
            assertThat(jwks.current()).isNotNull();
        }
    }

    @Test
    void startsWithoutKeysWhenTheKeptOnesAreSpoilt(@TempDir Path dir) throws IOException {
        Path kept = Files.writeString(dir.resolve("jwks.json"), "{\"keys\":[");
        source.broken = true;
        try (Jwks jwks = jwks(kept)) {
            jwks.start();
            assertThat(jwks.current()).isNull();
        }
    }

    @Test
    void followsAFileAndSaysSoWhileItIsMalformed(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("jwks.json"), Tokens.JWKS);
        JwksSource files = new FileJwksSource(file, InstantSource.system());
        try (Jwks jwks =
                new Jwks(
                        files,
                        config(Duration.ofSeconds(20), null),
                        clocks,
                        clocks,
                        new Random(1))) {
            jwks.start();
            await().atMost(PATIENCE).until(() -> jwks.status().keys() == 3);
            Files.writeString(file, "{");
            await().atMost(PATIENCE).until(() -> jwks.status().failures() > 1);
            assertThat(jwks.status().lastError()).isNotNull();
            assertThat(jwks.status().keys()).isEqualTo(3);
            Files.writeString(file, OTHER);
            await().atMost(PATIENCE).until(() -> jwks.status().keys() == 1);
        }
    }
}
