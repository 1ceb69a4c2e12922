package dev.outrider.sidecar.auth;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of one audience: read by loops, replaced by one minting thread at a time. A mint that
 * fails leaves the token as it is and puts the next try off.
 */
final class AudienceSlot {
    private static final Logger LOG = LoggerFactory.getLogger(AudienceSlot.class);
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final int MOST_DOUBLINGS = 6;
    private static final long FORGET_MILLIS = 60_000;

    private final String audience;
    private final TokenIssuer issuer;
    private final IdentityTokenConfig config;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> inFlight =
            new AtomicReference<>();
    private final CompletableFuture<Boolean> first = new CompletableFuture<>();
    private final CompletionStage<Boolean> firstToSee = first.minimalCompletionStage();
    private volatile @Nullable MintedToken token;

    /** Set by requests only when it is not set, so that a busy slot's cache line stays shared. */
    private volatile boolean used = true;

    private volatile @Nullable Trouble trouble;

    AudienceSlot(
            String audience,
            TokenIssuer issuer,
            IdentityTokenConfig config,
            InstantSource clock,
            RandomGenerator random) {
        this.audience = audience;
        this.issuer = issuer;
        this.config = config;
        this.clock = clock;
        this.random = random;
    }

    /** What went wrong since the last success. */
    private record Trouble(int failures, long retryMillis, String error) {}

    /** The token as a header value while it is valid, else null. */
    @Nullable String current() {
        MintedToken held = token;
        if (held == null || !held.validAt(clock.millis())) {
            return null;
        }
        if (!used) {
            used = true;
        }
        return held.headerValue();
    }

    /** Joins or begins a mint; null while the last failure is too fresh to try again. */
    @Nullable CompletableFuture<Boolean> demand() {
        used = true;
        CompletableFuture<Boolean> running = inFlight.get();
        if (running != null) {
            return running;
        }
        return waitsAfterFailure() ? null : mint();
    }

    /** Whether there was no token yet. */
    boolean lacksFirst() {
        return !first.isDone();
    }

    /** Completes with the first good token; null if there was one. */
    @Nullable CompletionStage<Boolean> first() {
        if (first.isDone()) {
            return null;
        }
        var _ = demand();
        return firstToSee;
    }

    /** Renews what is due and was used since the last time; goes on until there is a first one. */
    void renewIfDue() {
        MintedToken held = token;
        if (held == null && used) {
            var _ = demand();
        }
        if (held != null
                && used
                && clock.millis() >= held.renewMillis()
                && inFlight.get() == null
                && !waitsAfterFailure()) {
            mint();
        }
    }

    /** Its token is over, or its last failure long enough ago, and nobody has asked again. */
    boolean abandoned() {
        MintedToken held = token;
        Trouble failed = trouble;
        long last =
                Math.max(
                        held == null ? 0 : held.expiresMillis(),
                        failed == null ? 0 : failed.retryMillis);
        return last > 0 && inFlight.get() == null && clock.millis() > last + FORGET_MILLIS;
    }

    IdentityTokens.AudienceStatus status() {
        MintedToken held = token;
        Trouble failed = trouble;
        return new IdentityTokens.AudienceStatus(
                audience,
                held == null ? null : Duration.ofMillis(held.expiresMillis() - clock.millis()),
                failed == null ? 0 : failed.failures,
                failed == null ? null : failed.error);
    }

    private boolean waitsAfterFailure() {
        Trouble failed = trouble;
        return failed != null && clock.millis() < failed.retryMillis;
    }

    private CompletableFuture<Boolean> mint() {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = inFlight.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        Thread.ofVirtual()
                .name("identity-token-" + audience)
                .start(() -> {
                    boolean good = false;
                    try {
                        good = mintNow();
                    } finally {
                        inFlight.set(null);
                        mine.complete(good);
                    }
                });
        return mine;
    }

    private boolean mintNow() {
        try {
            double share = random.nextDouble(config.renewFrom(), config.renewTo());
            String minted = issuer.mint(audience);
            token = MintedToken.of(minted, config.header(), clock.millis(), share);
            used = false;
            trouble = null;
            first.complete(true);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(e);
        } catch (Exception e) {
            failed(e);
        }
        return false;
    }

    private void failed(Exception e) {
        Trouble before = trouble;
        int failures = before == null ? 1 : before.failures + 1;
        long most = FIRST_RETRY_MILLIS << Math.min(failures, MOST_DOUBLINGS);
        long retry = clock.millis() + random.nextLong(most / 2, most);
        String error = String.valueOf(e.getMessage());
        trouble = new Trouble(failures, retry, error);
        if (before == null || !before.error.equals(error)) {
            LOG.warn(
                    "no new token for audience {}, {}: {}",
                    audience,
                    token == null ? "there is none" : "the old one is kept while it lasts",
                    error);
        }
    }
}
