package dev.outrider.sidecar.resilience;

/** Whether a failed attempt is followed by another. */
public sealed interface RetryDecision {
    /**
     * No further try.
     *
     * @param reason a stable word
     * @param wanted whether a retry was called for and is left out, which operators want to see
     *     counted; false where the outcome is one that is never retried
     */
    record Stop(String reason, boolean wanted) implements RetryDecision {
        /** The outcome is not one that retries are for. */
        static final Stop NOT_RETRYABLE = new Stop("not-retryable", false);

        /** Retries are switched off. */
        static final Stop DISABLED = new Stop("disabled", false);

        /** A response head has gone to the client and cannot be taken back. */
        static final Stop RESPONSE_STARTED = new Stop("response-started", true);

        /** The request may have been acted on, and acting twice could do harm. */
        static final Stop NOT_IDEMPOTENT = new Stop("not-idempotent", true);

        static final Stop ATTEMPTS_USED = new Stop("attempts-used", true);

        /** Part of the body has gone and was too large to keep. */
        static final Stop BODY_TOO_LARGE = new Stop("body-too-large", true);

        /** The wait would outlast the exchange's deadline. */
        static final Stop DEADLINE = new Stop("deadline", true);

        /** The upstream asked for a longer wait than is allowed. */
        static final Stop RETRY_AFTER_TOO_LONG = new Stop("retry-after-too-long", true);

        /** For the caller, when {@link RetryBudget#tryWithdraw} refuses. */
        public static final Stop BUDGET = new Stop("budget", true);
    }

    /** Another try after that wait, if the budget allows. */
    record RetryAfter(long nanos) implements RetryDecision {}
}
