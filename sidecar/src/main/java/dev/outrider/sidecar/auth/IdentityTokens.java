package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.time.Background;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This workload's own tokens, one for each audience it calls: minted at first use, renewed in the
 * background while they are used, and kept as long as they are valid when the issuer is down. Any
 * thread may ask; minting happens on virtual threads.
 */
public final class IdentityTokens implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final TokenIssuer issuer;
    private final IdentityTokenConfig config;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ConcurrentHashMap<String, AudienceSlot> slots = new ConcurrentHashMap<>();
    private final LongAdder unavailable = new LongAdder();
    private final Background renewing;

    /** {@code random} is used by several threads. */
    public IdentityTokens(
            TokenIssuer issuer,
            IdentityTokenConfig config,
            InstantSource clock,
            RandomGenerator random) {
        this.issuer = issuer;
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.renewing =
                new Background(
                        "identity-tokens",
                        () -> {
                            renewDue();
                            return LOOK_EVERY;
                        });
    }

    /** Begins to renew in the background. */
    public void start() {
        renewing.start();
    }

    TokenHeader header() {
        return config.header();
    }

    /** The header's value for that audience, null if no valid token is at hand. */
    @Nullable String current(String audience) {
        AudienceSlot slot = slots.get(audience);
        return slot == null ? null : slot.current();
    }

    /**
     * Gets a token of that audience. The future completes, on any thread, when {@link #current} may
     * have one or the wait is over; null if there is nothing to wait for.
     */
    @Nullable CompletableFuture<Boolean> request(String audience) {
        AudienceSlot slot = slot(audience);
        CompletableFuture<Boolean> mint = slot == null ? null : slot.demand();
        return mint == null
                ? null
                : mint.copy()
                        .completeOnTimeout(false, config.maxWait().toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Completes with the first good token of that audience, on any thread and perhaps never; null
     * if there was one already, or can be none. Until then it is tried again and again.
     */
    public @Nullable CompletionStage<Boolean> first(String audience) {
        AudienceSlot slot = slot(audience);
        return slot == null ? null : slot.first();
    }

    /** Whether {@link #first} is something to wait for; cheap, and begins nothing. */
    public boolean lacksFirst(String audience) {
        AudienceSlot slot = slots.get(audience);
        return slot == null ? slots.size() < config.maxAudiences() : slot.lacksFirst();
    }

    /** Why there is none. */
    String problem(String audience) {
        unavailable.increment();
        AudienceSlot slot = slots.get(audience);
        if (slot == null) {
            return "more than " + config.maxAudiences() + " audiences are in use";
        }
        String error = slot.status().lastError();
        return error == null ? "the issuer did not answer in time" : error;
    }

    /** One look at all tokens; what is due is minted on threads of its own. */
    void renewDue() {
        slots.values().removeIf(AudienceSlot::abandoned);
        slots.values().forEach(AudienceSlot::renewIfDue);
    }

    /** The bound may be passed by as many as there are loops, which does no harm. */
    private @Nullable AudienceSlot slot(String audience) {
        AudienceSlot slot = slots.get(audience);
        if (slot != null || slots.size() >= config.maxAudiences()) {
            return slot;
        }
        return slots.computeIfAbsent(
                audience, name -> new AudienceSlot(name, issuer, config, clock, random));
    }

    /**
     * For metrics and readiness.
     *
     * @param expiresIn null before the first token
     * @param failures mints that failed since the last good one
     * @param lastError why the last one failed, null if it did not
     */
    public record AudienceStatus(
            String audience,
            @Nullable Duration expiresIn,
            int failures,
            @Nullable String lastError) {}

    /** {@code unavailable} counts the requests that found no token. */
    public record Status(List<AudienceStatus> audiences, long unavailable) {}

    public Status status() {
        return new Status(
                slots.values().stream()
                        .map(AudienceSlot::status)
                        .sorted(Comparator.comparing(AudienceStatus::audience))
                        .toList(),
                unavailable.sum());
    }

    @Override
    public void close() {
        renewing.close();
    }
}
