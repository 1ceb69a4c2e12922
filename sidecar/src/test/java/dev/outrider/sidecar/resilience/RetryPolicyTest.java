package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    private static final Failure REFUSED = new Failure.UpstreamRefused("a:1", "");
    private static final Failure RESET = new Failure.UpstreamReset("a:1", "", true, false);
    private static final Failure UNSENT = new Failure.UpstreamReset("a:1", "", false, false);
    private static final Failure CONNECT = new Failure.ConnectFailed("a:1", "");
    private final RetryPolicy policy = new RetryPolicy(RetryConfig.DEFAULTS);
    private final Random random = new Random(1);

    private static RequestHead head(String method) {
        return new RequestHead(method, "/", "a", new Headers(), 0);
    }

    private static RetryInput input(String method) {
        return new RetryInput(head(method), 0, true, false, Long.MAX_VALUE);
    }

    private String after(RetryInput input, Failure failure) {
        return word(policy.decide(input, failure, random));
    }

    private String after(RetryInput input, int status) {
        return word(policy.decide(input, status, RetryPolicy.NO_RETRY_AFTER, random));
    }

    private static String word(RetryDecision decision) {
        return switch (decision) {
            case RetryDecision.Stop stop -> stop.reason();
            case RetryDecision.RetryAfter _ -> "retry";
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    void retriesIdempotentMethods(String method) {
        assertThat(after(input(method), RESET)).isEqualTo("retry");
        assertThat(after(input(method), 503)).isEqualTo("retry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "CONNECT", "get", "PURGE"})
    void doesNotRepeatWhatMayHaveBeenDone(String method) {
        assertThat(after(input(method), RESET)).isEqualTo("not-idempotent");
        assertThat(after(input(method), 503)).isEqualTo("not-idempotent");
        Failure silent = new Failure.TimedOut(Failure.TimedOut.Phase.PER_TRY, "", true);
        assertThat(after(input(method), silent)).isEqualTo("not-idempotent");
    }

    @Test
    void retriesAnyMethodWhenNothingWasSent() {
        assertThat(after(input("POST"), CONNECT)).isEqualTo("retry");
        assertThat(after(input("POST"), REFUSED)).isEqualTo("retry");
        assertThat(after(input("POST"), UNSENT)).isEqualTo("retry");
        assertThat(after(input("POST"), new Failure.TlsFailed("a:1", ""))).isEqualTo("retry");
    }

    @Test
    void anIdempotencyKeyMakesAPostRetryable() {
        RetryInput keyed = input("POST");
        keyed.request().headers().add("Idempotency-Key", "\"8e03978e\"");
        assertThat(after(keyed, RESET)).isEqualTo("retry");
        assertThat(after(keyed, 502)).isEqualTo("retry");
    }

    @Test
    void retriesTheListedStatusesOnly() {
        for (int status = 100; status < 600; status++) {
            boolean listed = status >= 502 && status <= 504;
            assertThat(after(input("GET"), status)).isEqualTo(listed ? "retry" : "not-retryable");
            assertThat(policy.retries(status)).isEqualTo(listed);
        }
    }

    @Test
    void neverRetriesOnceTheClientHasAHead() {
        RetryInput late = new RetryInput(head("GET"), 0, true, true, Long.MAX_VALUE);
        assertThat(after(late, RESET)).isEqualTo("response-started");
    }

    @Test
    void neverRetriesABodyThatIsNotKept() {
        RetryInput gone = new RetryInput(head("PUT"), 0, false, false, Long.MAX_VALUE);
        assertThat(after(gone, RESET)).isEqualTo("body-too-large");
        assertThat(after(gone, REFUSED)).isEqualTo("body-too-large");
    }

    @Test
    void stopsAfterTheLastAttempt() {
        RetryInput last = new RetryInput(head("GET"), 2, true, false, Long.MAX_VALUE);
        assertThat(after(last, RESET)).isEqualTo("attempts-used");
    }

    @Test
    void doesNotWaitPastTheDeadline() {
        long remaining = Duration.ofMillis(900).toNanos();
        RetryInput hasty = new RetryInput(head("GET"), 0, true, false, remaining);
        long asked = Duration.ofSeconds(1).toNanos();
        assertThat(word(policy.decide(hasty, 503, asked, random))).isEqualTo("deadline");
        RetryInput over = new RetryInput(head("GET"), 0, true, false, 0);
        assertThat(after(over, RESET)).isEqualTo("deadline");
    }

    @Test
    void waitsAsLongAsTheUpstreamAsks() {
        long asked = Duration.ofSeconds(1).toNanos();
        assertThat(policy.decide(input("GET"), 503, asked, random))
                .isEqualTo(new RetryDecision.RetryAfter(asked));
        assertThat(word(policy.decide(input("GET"), 503, asked + 1, random)))
                .isEqualTo("retry-after-too-long");
    }

    @Test
    void leavesAloneWhatAnotherTryCannotMend() {
        for (Failure failure :
                List.of(
                        new Failure.CircuitOpen("a", Duration.ZERO),
                        new Failure.BulkheadFull("a", ""),
                        new Failure.NoEndpoint("a", ""),
                        new Failure.UpstreamProtocol("a:1", ""),
                        new Failure.ClientGone("", false),
                        new Failure.TimedOut(Failure.TimedOut.Phase.REQUEST, "", false),
                        new Failure.Bug(""))) {
            RetryDecision decision = policy.decide(input("GET"), failure, random);
            assertThat(decision).as(failure.reason()).isEqualTo(RetryDecision.Stop.NOT_RETRYABLE);
        }
    }

    @Test
    void keepsAGrpcHeadBackOnlyWhileARetryIsPossible() {
        RetryConfig d = RetryConfig.DEFAULTS;
        RetryPolicy unset = new RetryPolicy(d);
        assertThat(unset.holdsGrpc()).isFalse();
        assertThat(unset.grpcHoldNanos(input("POST"))).isZero();
        RetryPolicy policy =
                new RetryPolicy(
                        new RetryConfig(
                                2,
                                null,
                                d.backoff(),
                                d.on(),
                                d.statuses(),
                                List.of(14),
                                Duration.ofNanos(100),
                                "",
                                d.budget()));
        RequestHead head = input("POST").request();
        assertThat(policy.holdsGrpc()).isTrue();
        assertThat(policy.grpcHoldNanos(new RetryInput(head, 1, true, false, 101))).isEqualTo(100);
        assertThat(policy.grpcHoldNanos(new RetryInput(head, 2, true, false, 101))).isZero();
        assertThat(policy.grpcHoldNanos(new RetryInput(head, 1, false, false, 101))).isZero();
        assertThat(policy.grpcHoldNanos(new RetryInput(head, 1, true, false, 100))).isZero();
    }

    @Test
    void canBeSwitchedOffOrNarrowed() {
        RetryConfig d = RetryConfig.DEFAULTS;
        RetryPolicy off =
                new RetryPolicy(
                        new RetryConfig(
                                0,
                                null,
                                d.backoff(),
                                d.on(),
                                d.statuses(),
                                List.of(),
                                d.grpcHold(),
                                "",
                                d.budget()));
        assertThat(word(off.decide(input("GET"), RESET, random))).isEqualTo("disabled");
        assertThat(off.retries(503)).isFalse();
        RetryPolicy narrow =
                new RetryPolicy(
                        new RetryConfig(
                                1,
                                null,
                                d.backoff(),
                                List.of(RetryOn.REFUSED),
                                List.of(),
                                List.of(),
                                d.grpcHold(),
                                "",
                                d.budget()));
        assertThat(word(narrow.decide(input("GET"), RESET, random))).isEqualTo("not-retryable");
        assertThat(word(narrow.decide(input("GET"), REFUSED, random))).isEqualTo("retry");
        assertThat(narrow.retries(503)).isFalse();
    }
}
