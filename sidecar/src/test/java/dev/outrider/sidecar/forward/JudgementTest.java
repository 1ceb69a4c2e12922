package dev.outrider.sidecar.forward;

import static dev.outrider.sidecar.forward.Judgement.FAILURE;
import static dev.outrider.sidecar.forward.Judgement.IGNORED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Failure.TimedOut.Phase;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JudgementTest {
    private static final String AT = "10.0.0.1:80";

    @ParameterizedTest
    @CsvSource({
        "200, false, SUCCESS",
        "101, false, SUCCESS",
        "304, true, SUCCESS",
        "400, false, SUCCESS",
        "404, false, SUCCESS",
        "408, false, SUCCESS",
        "413, false, SUCCESS",
        "429, false, SUCCESS",
        "499, false, SUCCESS",
        "500, false, FAILURE",
        "500, true, FAILURE",
        "501, false, SUCCESS",
        "502, false, FAILURE",
        "503, true, FAILURE",
        "504, false, FAILURE",
        "504, true, IGNORED",
        "505, false, SUCCESS",
        "599, false, FAILURE",
    })
    void ofResponse(int status, boolean callersDeadline, Judgement expected) {
        assertThat(Judgement.ofStatus(status, callersDeadline)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, false, SUCCESS",
        "0, false, SUCCESS",
        "1, false, SUCCESS",
        "2, false, FAILURE",
        "3, false, SUCCESS",
        "4, false, FAILURE",
        "4, true, IGNORED",
        "8, false, SUCCESS",
        "12, false, SUCCESS",
        "13, true, FAILURE",
        "14, true, FAILURE",
        "15, false, FAILURE",
        "16, false, SUCCESS",
    })
    void ofGrpcCall(int status, boolean callersDeadline, Judgement expected) {
        assertThat(Judgement.ofGrpc(status, callersDeadline)).isEqualTo(expected);
    }

    /** Whose deadline it is, whether the client was awaited, whether the attempt began late. */
    @ParameterizedTest
    @CsvSource({
        "CONNECT, false, false, false, FAILURE",
        "CONNECT, true, false, true, FAILURE",
        "PER_TRY, false, false, false, FAILURE",
        "PER_TRY, true, false, true, FAILURE",
        "PER_TRY, false, true, false, IGNORED",
        "IDLE, false, false, false, FAILURE",
        "IDLE, true, false, false, FAILURE",
        "IDLE, false, true, false, IGNORED",
        "REQUEST, false, false, false, FAILURE",
        "REQUEST, true, false, false, IGNORED",
        "REQUEST, false, true, false, IGNORED",
        "REQUEST, false, false, true, IGNORED",
        "ARRIVED_LATE, false, false, false, IGNORED",
        "QUEUE, false, false, false, IGNORED",
    })
    void ofTimeout(
            Phase phase, boolean callers, boolean forClient, boolean late, Judgement expected) {
        Judgement.Wait wait = new Judgement.Wait(callers, forClient, late);
        assertThat(Judgement.ofTimeout(phase, wait)).isEqualTo(expected);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Failure.ConnectFailed(AT, ""), FAILURE, FAILURE),
                Arguments.of(new Failure.TlsFailed(AT, ""), FAILURE, FAILURE),
                Arguments.of(new Failure.UpstreamProtocol(AT, ""), FAILURE, FAILURE),
                Arguments.of(new Failure.TimedOut(Phase.IDLE, "no PING", true), FAILURE, FAILURE),
                Arguments.of(new Failure.UpstreamReset(AT, "", true, false), FAILURE, IGNORED),
                Arguments.of(new Failure.UpstreamReset(AT, "", false, false), FAILURE, IGNORED),
                Arguments.of(new Failure.UpstreamReset(AT, "", true, true), FAILURE, FAILURE),
                Arguments.of(new Failure.UpstreamRefused(AT, ""), FAILURE, IGNORED),
                Arguments.of(new Failure.NotReady("no-identity", ""), IGNORED, IGNORED),
                Arguments.of(new Failure.ClientGone("", true), IGNORED, IGNORED),
                Arguments.of(new Failure.BadRequest(400, "bad-body", ""), IGNORED, IGNORED),
                Arguments.of(new Failure.Refused(403, "", ""), IGNORED, IGNORED),
                Arguments.of(new Failure.RateLimited("", Duration.ZERO, ""), IGNORED, IGNORED),
                Arguments.of(new Failure.NoRoute("a"), IGNORED, IGNORED),
                Arguments.of(new Failure.NoEndpoint("a", ""), IGNORED, IGNORED),
                Arguments.of(new Failure.CircuitOpen("a", Duration.ZERO), IGNORED, IGNORED),
                Arguments.of(new Failure.BulkheadFull("a", ""), IGNORED, IGNORED),
                Arguments.of(new Failure.Injected(503), IGNORED, IGNORED),
                Arguments.of(new Failure.Bug(""), IGNORED, IGNORED));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void ofFailureOnFreshAndOnStaleConnection(
            Failure failure, Judgement onFresh, Judgement onStale) {
        assertThat(Judgement.ofFailure(failure, false)).isEqualTo(onFresh);
        assertThat(Judgement.ofFailure(failure, true)).isEqualTo(onStale);
    }
}
