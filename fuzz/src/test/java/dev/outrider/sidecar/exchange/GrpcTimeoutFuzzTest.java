package dev.outrider.sidecar.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;

/** A time as gRPC writes it is read as no more than was meant, and never as less than nothing. */
class GrpcTimeoutFuzzTest {
    @FuzzTest
    void timeout(@NotNull String text, long nanos) {
        long read = Grpc.timeoutNanos(text);
        assertThat(read).isGreaterThanOrEqualTo(-1);
        if (read >= 0) {
            assertThat(text).matches("[0-9]{1,8}[HMSmun]");
            assertThat(Grpc.timeoutNanos(Grpc.timeout(read))).isLessThanOrEqualTo(read);
        }
        String written = Grpc.timeout(nanos);
        assertThat(written).matches("[0-9]{1,8}[HMSmun]");
        assertThat(Grpc.timeoutNanos(written)).isBetween(0L, Math.max(0, nanos));
    }
}
