package dev.outrider.injector.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When the label of one Service may change, so that a rollout changes it once. It stays while most
 * pods are as it says: calls to the others fail, and callers turn from them, where without it calls
 * to most would. Else it is taken away at once. It is set when what all pods show has held for a
 * while, and for longer each time it did not hold for long. Immutable: each look makes the next
 * one.
 *
 * @param account what the pods have shown without a break
 * @param since when
 * @param patience how long that must hold
 * @param changed when the label was changed last
 */
record LabelTenure(Optional<String> account, Instant since, Duration patience, Instant changed) {
    static final Duration SETTLE = Duration.ofSeconds(30);
    static final Duration LONGEST = Duration.ofMinutes(8);

    /** A label that held for so long is settled again. */
    private static final Duration CALM = Duration.ofMinutes(20);

    static final LabelTenure NEW =
            new LabelTenure(Optional.empty(), Instant.EPOCH, SETTLE, Instant.EPOCH);

    /** What is to be done with the label. */
    sealed interface Step {
        record Keep() implements Step {}

        record Set(String account) implements Step {}

        record Remove(String why) implements Step {}
    }

    LabelTenure looked(Answerer answerer, Instant now) {
        return switch (answerer) {
            case Answerer.One(String shown) when account.equals(Optional.of(shown)) -> this;
            case Answerer.One(String shown) ->
                    new LabelTenure(Optional.of(shown), now, patience, changed);
            case Answerer.NoOne _, Answerer.Most _, Answerer.Unsettled _ ->
                    new LabelTenure(Optional.empty(), now, patience, changed);
        };
    }

    Step step(Answerer answerer, Optional<String> label, Instant now) {
        return switch (answerer) {
            case Answerer.NoOne(String why) when label.isPresent() -> new Step.Remove(why);
            case Answerer.Most(String shown, String why)
                    when label.isPresent() && !label.equals(Optional.of(shown)) ->
                    new Step.Remove(why);
            case Answerer.One(String shown) when !label.equals(Optional.of(shown)) ->
                    // Another account than the label says: every call fails until it is right.
                    label.isPresent() || !now.isBefore(since.plus(patience))
                            ? new Step.Set(shown)
                            : new Step.Keep();
            default -> new Step.Keep();
        };
    }

    /** After the label was changed: soon after the last time means that it flaps. */
    LabelTenure changedAt(Instant now) {
        boolean flaps = now.isBefore(changed.plus(CALM));
        Duration longer = patience.multipliedBy(2);
        Duration next = !flaps ? SETTLE : longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
        return new LabelTenure(account, since, next, now);
    }
}
