package dev.outrider.sidecar.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a request costs in things that can be counted: a busy machine changes how long they take,
 * and not how many they are. A sidecar between clients and an app, in plain text, one event loop,
 * 32 requests at a time: HTTP/1.1 on a connection each, HTTP/2 on four.
 */
class RequestCostIT {
    private static final int CONNECTIONS = 32;
    private static final int BATCH = 4096;
    private static final int MOST_BATCHES = 60;

    /** A little above what is measured; docs/benchmarks.md has the figures. */
    private static final long MOST_BYTES = 2_048;

    private static final Set<String> DATA =
            Set.of("read", "readv", "recvfrom", "recvmsg", "write", "writev", "sendto", "sendmsg");

    @TempDir private Path folder = Path.of("");

    private static final int MOST_BYTES_HTTP2 = 3_584;
    private static final int CONNECTIONS_HTTP2 = 4;

    /** Deadlines, breaker, retry budget, outlier ejection, metrics and trace headers are on. */
    private static String config(int app, String protocol) {
        return """
        name: web
        outbound:
          listen: 127.0.0.1:0
          services:
            app: {hosts: [app], endpoints: {static: ["127.0.0.1:%d"]}, mtls: false, protocol: %s}
        accessLog: {output: "off"}
        tracing: {sampling: 0%%}
        admin: {listen: "127.0.0.1:0"}
        runtime: {loops: 1}
        """
                .formatted(app, protocol);
    }

    @Test
    void aWarmRequestAllocatesLittleOnTheLoop() throws Exception {
        try (FixedApp app = new FixedApp();
                SidecarProcess sidecar = new SidecarProcess(folder, config(app.port(), "http1"));
                Callers callers = new Callers(sidecar.port(), CONNECTIONS)) {
            callers.call(CONNECTIONS);
            assertLittle(sidecar, callers::call, MOST_BYTES);
        }
    }

    @Test
    void aWarmRequestOverHttp2AllocatesLittleOnTheLoop() throws Exception {
        try (H2FixedApp app = new H2FixedApp();
                SidecarProcess sidecar = new SidecarProcess(folder, config(app.port(), "http2"));
                H2Callers callers = new H2Callers(sidecar.port(), CONNECTIONS_HTTP2)) {
            callers.call(CONNECTIONS);
            assertLittle(sidecar, callers::call, MOST_BYTES_HTTP2);
        }
    }

    /** Makes about so many requests, and tells how many they were. */
    @FunctionalInterface
    private interface Load {
        int call(int requests) throws IOException;
    }

    /** Until code is compiled it allocates more, so the least of the batches is what holds. */
    private static void assertLittle(SidecarProcess sidecar, Load load, long most)
            throws Exception {
        try (SidecarProcess.Loops loops = sidecar.loops()) {
            assertThat(loops.count()).isEqualTo(1);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < MOST_BATCHES && least > most; i++) {
                long before = loops.allocated();
                int made = load.call(BATCH);
                least = Math.min(least, (loops.allocated() - before) / made);
            }
            assertThat(least).as("bytes a request").isLessThanOrEqualTo(most);
        }
    }

    /**
     * A read and a write on each side. Waiting for events is shared by those that come together, so
     * a batch in which they came one by one says nothing.
     */
    @Test
    void aRequestTakesFourSystemCallsAndAShareInWaiting() throws Exception {
        assumeTrue(SystemCalls.installed(), "strace is not installed");
        try (FixedApp app = new FixedApp();
                SidecarProcess sidecar = new SidecarProcess(folder, config(app.port(), "http1"));
                Callers callers = new Callers(sidecar.port(), CONNECTIONS)) {
            callers.call(BATCH);
            double data = Double.MAX_VALUE;
            double all = Double.MAX_VALUE;
            for (int i = 0; i < MOST_BATCHES && (data > 4.01 || all > 4.5); i++) {
                Optional<SystemCalls> counting = SystemCalls.begin(sidecar.pid(), folder);
                assumeTrue(counting.isPresent(), "strace may not look at other processes here");
                double made = callers.call(BATCH);
                Map<String, Long> calls = counting.orElseThrow().end();
                data = Math.min(data, count(calls, DATA::contains) / made);
                all = Math.min(all, data + count(calls, call -> call.startsWith("epoll")) / made);
            }
            assertThat(data).as("reads and writes a request").isLessThanOrEqualTo(4.01);
            assertThat(all).as("the same with epoll").isLessThanOrEqualTo(4.5);
        }
    }

    private static long count(Map<String, Long> calls, Predicate<String> which) {
        return calls.entrySet().stream()
                .filter(each -> which.test(each.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
