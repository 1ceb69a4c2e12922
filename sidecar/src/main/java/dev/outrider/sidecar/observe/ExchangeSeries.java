package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The meters of exchanges with one label set. The packed part of the set, from the low bits:
 * direction 2, method 4, TLS 1, gRPC 1, retries exhausted 1, flag 6, status 10, gRPC status and one
 * 5, and in the highest bit whether it stands for all sets beyond the quota.
 *
 * @param server null for OUTBOUND, where the proxy stands in for the client
 */
record ExchangeSeries(
        Counter requests,
        DistributionSummary millis,
        DistributionSummary requestBytes,
        DistributionSummary responseBytes,
        @Nullable Timer server) {
    private static final int MOST_GRPC = 16;
    private static final int COARSE = 1 << 31;
    private static final Direction[] DIRECTIONS = Direction.values();
    private static final ResponseFlag[] FLAGS = ResponseFlag.values();

    void record(Exchange exchange) {
        long nanos = exchange.finishedNanos() - exchange.startedNanos();
        requests.increment();
        millis.record(nanos / 1e6);
        requestBytes.record(exchange.requestBytes());
        responseBytes.record(exchange.responseBytes());
        if (server != null) {
            server.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    static int code(Exchange exchange) {
        String method = exchange.request().method();
        int status = exchange.status();
        return exchange.direction().ordinal()
                | Methods.index(method) << 2
                | (exchange.peer().tls() ? 1 << 6 : 0)
                | (exchange.grpc() ? 1 << 7 : 0)
                | (ResponseFlag.retriesExhausted(exchange) ? 1 << 8 : 0)
                | ResponseFlag.of(exchange.failure()).ordinal() << 9
                | (status >= 0 && status < 1000 ? status : 0) << 15
                | (exchange.grpcStatus() <= MOST_GRPC ? exchange.grpcStatus() + 1 : 0) << 25;
    }

    /** For all sets of that one's direction that are beyond the quota. */
    static int coarse(int code) {
        return code & 3 | COARSE;
    }

    static boolean isCoarse(int code) {
        return (code & COARSE) != 0;
    }

    static Direction direction(int code) {
        return DIRECTIONS[code & 3];
    }

    static String method(int code) {
        return Methods.name(code >> 2 & 15);
    }

    static boolean tls(int code) {
        return (code & 1 << 6) != 0;
    }

    static String protocol(int code) {
        return (code & 1 << 7) != 0 ? "grpc" : "http";
    }

    static String flags(int code) {
        return FLAGS[code >> 9 & 63].letters((code & 1 << 8) != 0);
    }

    static int status(int code) {
        return code >>> 15 & 1023;
    }

    /** The gRPC status, or "" if there was none. */
    static String grpcStatus(int code) {
        int next = code >>> 25;
        return next == 0 ? "" : Integer.toString(next - 1);
    }
}
