package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.internal.ExceptionFactory;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OOM command not allowed when used memory > 'maxmemory'. | FULL",
                "OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:1. | FULL",
                "ERR Error running script (call to f_1f): @user_script:1: -OOM command not allowed | FULL",
                "MISCONF Redis is configured to save RDB snapshots, but is unable to persist | FULL",
                "READONLY You can't write against a read only replica. | READ_ONLY",
                "MASTERDOWN Link with MASTER is down | READ_ONLY",
                "LOADING Redis is loading the dataset in memory | LOADING",
                "BUSY Redis is busy running a script. | BUSY",
                "CLUSTERDOWN Hash slot not served | MOVED",
                "TRYAGAIN Multiple keys request during rehashing of slot | MOVED",
                "MOVED 1 127.0.0.1:7000 | MOVED",
                "WRONGPASS invalid username-password pair | REFUSED",
                "NOPERM this user has no permissions | REFUSED",
                "WRONGTYPE Operation against a key | ERROR",
                "CROSSSLOT Keys in request don't hash to the same slot | ERROR"
            })
    void anErrorReplySaysWhatIsWrong(String message, Reason reason) {
        RedisUnavailable found =
                Failures.of(
                        new CompletionException(
                                ExceptionFactory.createExecutionException(message)));
        assertThat(found.reason()).isEqualTo(reason);
        assertThat(found).hasMessageContaining(message.substring(0, 20)).hasNoCause();
        assertThat(found.getStackTrace()).isEmpty();
    }

    @Test
    void theInnermostCauseOfALostConnectionIsSaid() {
        assertThat(
                        Failures.of(
                                new RedisConnectionException(
                                        "cannot connect",
                                        new java.net.ConnectException("Connection refused"))))
                .hasMessage("redis: down: Connection refused")
                .extracting(RedisUnavailable::reason)
                .isEqualTo(Reason.DOWN);
    }

    @Test
    void lettucesOwnBoundIsAFullQueue() {
        assertThat(Failures.of(new RedisException("Request queue size exceeded: 1")).reason())
                .isEqualTo(Reason.QUEUE_FULL);
    }
}
