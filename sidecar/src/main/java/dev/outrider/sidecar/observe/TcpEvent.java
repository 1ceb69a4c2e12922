package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpFlow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a line of the access log tells of a relayed connection, taken off it on its loop. */
record TcpEvent(
        long startedMillis,
        TcpConnection connection,
        @Nullable Failure failure,
        @Nullable String service,
        List<AttemptResult> attempts,
        long receivedBytes,
        long sentBytes,
        long durationNanos)
        implements LogEvent {

    static TcpEvent of(TcpFlow flow, long nowMillis) {
        long duration = flow.finishedNanos() - flow.startedNanos();
        return new TcpEvent(
                nowMillis - duration / 1_000_000,
                flow.connection(),
                flow.failure(),
                flow.service(),
                List.copyOf(flow.attempts()),
                flow.receivedBytes(),
                flow.sentBytes(),
                duration);
    }
}
