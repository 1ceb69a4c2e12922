package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.redis.RedisClientRig;
import dev.outrider.sidecar.redis.RedisServer;
import dev.outrider.sidecar.redis.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Lua in a real Redis and the Java here decide alike. Each reply says what time it was in
 * Redis, and the Java is asked for that time.
 */
class RedisAgreementIT {
    private static final int KEYS = 10;
    private static RedisServer server;
    private static RedisClientRig rig;

    @BeforeAll
    static void start() throws Exception {
        server = RedisServer.start();
        rig = new RedisClientRig(RedisClientRig.single(server));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> rig.redis.status().connected() == rig.redis.status().loops());
    }

    @AfterAll
    static void stop() {
        rig.close();
        server.close();
    }

    @BeforeEach
    void empty() {
        server.cli("flushall");
    }

    /** Nothing that a client can cause stays for good. */
    @AfterEach
    void everyKeyExpires() {
        String lasting =
                server.cli(
                        "eval",
                        "local n = 0 for _, k in ipairs(redis.call('KEYS', '*')) do if"
                                + " redis.call('PTTL', k) < 0 then n = n + 1 end end return n",
                        "0");
        assertThat(lasting).isEqualTo("0");
    }

    private static List<Long> run(Script script, List<String> keys, List<String> args)
            throws Exception {
        return rig.redis.run(script, keys, args).toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    /** Short enough that windows pass while the test runs, or long enough that none does. */
    private static Rule rule(RandomRules drawn) {
        Random random = drawn.random();
        long window = random.nextInt(3) == 0 ? 86_400_000_000L : 10_000 + random.nextInt(300_000);
        long quota = 1L + random.nextInt(12);
        return switch (random.nextInt(5)) {
            case 0 -> new FixedWindow(quota, window);
            case 1 -> new SlidingLog(quota, window);
            case 2 -> new SlidingCounter(quota, window);
            case 3 -> Bucket.of(quota, 1 + random.nextInt(12), window);
            default -> Bucket.of(1, 1 + random.nextInt(12), window);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void redisAndThisProcessDecideAlike(long seed) throws Exception {
        RandomRules drawn = new RandomRules(seed);
        Random random = drawn.random();
        Rule[] rules = new Rule[KEYS];
        for (int i = 0; i < KEYS; i++) {
            rules[i] = rule(drawn);
        }
        LocalStore store = new LocalStore(1000, random);
        Ask ask = new Ask(3);
        int allowed = 0;
        for (int i = 0; i < 2500; i++) {
            ask.clear();
            List<String> keys = new ArrayList<>();
            List<String> args = new ArrayList<>();
            Set<Integer> chosen = new HashSet<>();
            for (int n = random.nextInt(3); n >= 0; n--) {
                int key = random.nextInt(KEYS);
                if (chosen.add(key)) {
                    int cost = drawn.cost(rules[key]);
                    boolean dry = random.nextInt(6) == 0;
                    ask.add(rules[key], key, (long) key << 60, cost, dry);
                    keys.add("{t}:" + key);
                    Scripts.arguments(args, rules[key], cost, dry ? 1 : 0);
                }
            }
            List<Long> reply = run(Scripts.DECIDE, keys, args);
            store.decide(ask, reply.getFirst());
            List<Long> here = new ArrayList<>();
            for (int k = 0; k < ask.size(); k++) {
                here.addAll(List.of(ask.wait(k), ask.remaining(k), ask.reset(k)));
            }
            assertThat(reply.subList(1, reply.size())).as("request %d", i).isEqualTo(here);
            allowed += ask.answer() == Ask.Answer.ALLOWED ? 1 : 0;
        }
        assertThat(allowed).isBetween(100, 2400);
    }

    @Test
    void redisAndThisProcessLeaseAndPeekAlike() throws Exception {
        RandomRules drawn = new RandomRules(21);
        Random random = drawn.random();
        Map<Integer, Cell> cells = new HashMap<>();
        Rule[] rules = new Rule[KEYS];
        for (int i = 0; i < KEYS; i++) {
            rules[i] = rule(drawn);
        }
        for (int i = 0; i < 2500; i++) {
            int key = random.nextInt(KEYS);
            Rule rule = rules[key];
            Cell cell = cells.computeIfAbsent(key, _ -> new Cell());
            int cost = drawn.cost(rule);
            int wanted = cost + random.nextInt(5);
            List<String> args = new ArrayList<>();
            Scripts.arguments(args, rule, cost, wanted);
            List<Long> reply = run(Scripts.LEASE, List.of("{t}:" + key), args);
            long now = reply.getFirst();
            rule.roll(cell, now);
            long wait = rule.wait(cell, now, cost);
            long granted = 0;
            if (wait == 0) {
                granted = Math.max(cost, Math.min(wanted, rule.remaining(cell, now)));
                rule.charge(cell, now, granted);
            }
            assertThat(reply.subList(1, 5))
                    .containsExactly(
                            granted, wait, rule.remaining(cell, now), rule.reset(cell, now));
            List<Long> seen = run(Scripts.PEEK, List.of("{t}:" + key), args);
            rule.roll(cell, seen.getFirst());
            assertThat(seen.subList(1, 3))
                    .containsExactly(
                            rule.remaining(cell, seen.getFirst()),
                            rule.reset(cell, seen.getFirst()));
        }
    }

    /** Four clients at full speed; a window that refused somebody had let its quota through. */
    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"FIXED_WINDOW", "SLIDING_LOG"})
    void inEveryWindowExactlyTheQuotaPasses(Algorithm algorithm) throws Exception {
        long window = 500_000;
        Rule rule =
                algorithm == Algorithm.FIXED_WINDOW
                        ? new FixedWindow(100, window)
                        : new SlidingLog(100, window);
        List<String> args = new ArrayList<>();
        Scripts.arguments(args, rule, 1, 0);
        ConcurrentHashMap<Long, Integer> admitted = new ConcurrentHashMap<>();
        Set<Long> refused = ConcurrentHashMap.newKeySet();
        long first = run(Scripts.PEEK, List.of("{t}:k"), args).getFirst();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Future<?>> clients = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                clients.add(
                        pool.submit(() -> {
                            long now = first;
                            while (now < first + 5 * window) {
                                List<Long> reply = run(Scripts.DECIDE, List.of("{t}:k"), args);
                                now = reply.getFirst();
                                if (reply.get(1) == 0) {
                                    admitted.merge(now, 1, Integer::sum);
                                } else {
                                    refused.add(now / window);
                                }
                            }
                            return null;
                        }));
            }
            for (Future<?> each : clients) {
                each.get(1, TimeUnit.MINUTES);
            }
        }
        if (algorithm == Algorithm.SLIDING_LOG) {
            Reference reference = new Reference(rule);
            new TreeMap<>(admitted).forEach(reference::admit);
            assertThat(refused).isNotEmpty();
            assertThat(reference.mostInAnyWindow(window)).isEqualTo(100);
            return;
        }
        Map<Long, Integer> byWindow = new TreeMap<>();
        admitted.forEach((time, count) -> byWindow.merge(time / window, count, Integer::sum));
        assertThat(refused).isNotEmpty();
        for (long each : refused) {
            assertThat(byWindow.get(each)).as("window %d", each).isEqualTo(100);
        }
        assertThat(byWindow.values()).allMatch(count -> count <= 100);
    }
}
