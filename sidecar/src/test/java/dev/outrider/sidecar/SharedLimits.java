package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A limit of 100 a day for each customer by each algorithm, which edges share through Redis and
 * enforce at a path of the algorithm's name.
 */
final class SharedLimits {
    private static final int QUOTA = 100;

    private SharedLimits() {}

    /** The algorithms by their names in the configuration. */
    static List<String> algorithms() {
        return List.of("fixed-window", "sliding-log", "sliding-counter", "token-bucket");
    }

    /** Entries of {@code edge.limits.named}. */
    static String named() {
        return forEach(
                """
                      %1$s-shared:
                        algorithm: %1$s
                        quotas: {day: %2$d}
                        key: ["header:x-customer"]
                        policy: redis
                        onRedisFailure: closed
                """);
    }

    /** Entries of {@code edge.routes}, to a service {@code app}. */
    static String routes() {
        return forEach(
                """
                    - name: %1$s
                      match: {path: {prefix: /%1$s}}
                      service: app
                      auth: {anonymous: true}
                      limits: [%1$s-shared]
                """);
    }

    private static String forEach(String template) {
        StringBuilder text = new StringBuilder();
        algorithms().forEach(each -> text.append(template.formatted(each, QUOTA)));
        return text.toString();
    }

    /** One request to one of the edges; its answer's status. */
    @FunctionalInterface
    interface Call {
        int send(int edge, String path, String customer) throws Exception;
    }

    /** An edge is ready without Redis, and these limits fail closed until it is there. */
    static void awaitRedis(int edges, Call call) {
        for (int i = 0; i < edges; i++) {
            int edge = i;
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> call.send(edge, "/fixed-window", "first") == 200);
        }
    }

    /**
     * That of so many requests of one customer, from several clients at a time to all edges in
     * turn, exactly the quota passes. It is of a day: the bucket gives a unit back each 14 minutes,
     * and midnight is rare.
     */
    static void assertExact(String algorithm, int clients, int requests, Call call)
            throws Exception {
        AtomicInteger next = new AtomicInteger();
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Future<Map<Integer, Integer>>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> client(algorithm, next, requests, call)));
            }
            for (Future<Map<Integer, Integer>> each : all) {
                each.get().forEach((status, times) -> statuses.merge(status, times, Integer::sum));
            }
        }
        assertThat(statuses).isEqualTo(Map.of(200, QUOTA, 429, requests - QUOTA));
    }

    private static Map<Integer, Integer> client(
            String algorithm, AtomicInteger next, int requests, Call call) throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int n = next.getAndIncrement(); n < requests; n = next.getAndIncrement()) {
            statuses.merge(call.send(n, "/" + algorithm, "acme"), 1, Integer::sum);
        }
        return statuses;
    }
}
