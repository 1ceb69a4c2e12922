package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.Clusters;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.FakeTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class DestinationsTest {
    private static final Pattern METER =
            Pattern.compile("(?m)^outrider_bulkhead_taken\\{.*service=\"(\\w+)\"");
    private static final int MANY = 4;

    private final FakeTicker ticker = new FakeTicker();
    private Path file;
    private final Cluster cluster = Clusters.none();
    private Base base;
    private Destinations now;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        file = folder.resolve("f.yaml");
        SidecarConfig config = config("", "first", "second", "third");
        base = new Base(config, ticker);
        now = Destinations.fit(base, config, cluster, null);
        now.takeOver(null);
    }

    @AfterEach
    void stop() {
        now.close();
        cluster.close();
        base.endLoops();
        base.close();
    }

    /** Of the services only the first is made at once. */
    private SidecarConfig config(String more, String... services) throws IOException {
        StringBuilder yaml = new StringBuilder("name: web\nruntime: {loops: 1}\n");
        yaml.append("outbound:\n  listen: 127.0.0.1:0\n  eager: 1\n  services:\n");
        for (String each : services) {
            yaml.append("    %1$s: {hosts: [%1$s], mtls: false, ".formatted(each));
            yaml.append("endpoints: {static: [\"127.0.0.1:1\"]}%s}\n".formatted(more));
        }
        Files.writeString(file, yaml);
        return switch (new ConfigFile(_ -> null).load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> good -> good.config();
            case ConfigDocument.Invalid<SidecarConfig> bad ->
                    throw new IllegalArgumentException(bad.errors().toString());
        };
    }

    private Destinations next(String more, String... services) throws IOException {
        return Destinations.fit(base, config(more, services), cluster, now);
    }

    private Destinations inForce(Destinations next) {
        next.takeOver(now);
        now = next;
        return next;
    }

    private static Destination get(Destinations there, String name) {
        return Objects.requireNonNull(there.get(name));
    }

    private static Set<String> made(Destinations there) {
        return there.services().stream()
                .map(Service::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Which services are shown, and each once. */
    private Set<String> shown() {
        Matcher line = METER.matcher(base.metrics.scrape());
        Set<String> names = new TreeSet<>();
        while (line.find()) {
            assertThat(names.add(line.group(1))).isTrue();
        }
        return names;
    }

    @Test
    void theFirstAreMadeAtOnceTheOthersWhenTheyAreAskedFor() {
        assertThat(made(now)).containsExactly("first");
        assertThat(shown()).containsExactly("first");
        assertThat(now.known()).isEqualTo(3);
        assertThat(now.get("nobody")).isNull();
        Destination third = get(now, "third");
        assertThat(third.service().members().all()).hasSize(1);
        assertThat(get(now, "third")).isSameAs(third);
        assertThat(made(now)).containsExactly("first", "third");
        assertThat(shown()).containsExactly("first", "third");
    }

    @Test
    void whatIsMadeDuringAChangeIsTakenOver() throws Exception {
        Destinations next = next("", "first", "second", "third");
        Destination second = get(now, "second");
        assertThat(inForce(next).get("second")).isSameAs(second);
        assertThat(shown()).containsExactly("first", "second");

        Destinations changed = next(", timeout: 7s", "first", "second", "third");
        Destination third = get(now, "third");
        inForce(changed);
        assertThat(get(now, "second").service().bulkhead()).isSameAs(second.service().bulkhead());
        assertThat(get(now, "third")).isNotSameAs(third);
        assertThat(get(now, "third").config().call().timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(get(now, "third").service().bulkhead()).isSameAs(third.service().bulkhead());
        assertThat(shown()).containsExactly("first", "second", "third");
    }

    @Test
    void whatIsMadeDuringAChangeThatRemovesItIsClosed() throws Exception {
        Destinations next = next("", "first");
        assertThat(now.get("second")).isNotNull();
        inForce(next);
        assertThat(shown()).containsExactly("first");
    }

    @Test
    void earlierOnesAskThoseInForce() throws Exception {
        Destinations old = now;
        inForce(next(", timeout: 7s", "first", "second"));
        Destination second = get(old, "second");
        assertThat(second.config().call().timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(get(now, "second")).isSameAs(second);
        assertThat(old.get("third")).isNull();
        inForce(next(", timeout: 7s", "first", "second", "third"));
        assertThat(get(old, "third")).isSameAs(get(now, "third"));
        assertThat(made(old)).containsExactly("first");
    }

    @Test
    void aRefusedChangeLeavesWhatIsInForce() throws Exception {
        Destination second = get(now, "second");
        Destinations refused = next(", timeout: 7s", "first", "second", "third");
        refused.drop(now);
        assertThat(get(now, "second")).isSameAs(second);
        assertThat(shown()).containsExactly("first", "second");
    }

    @Test
    void letsGoOfWhatNobodyUses() throws Exception {
        Destination second = get(now, "second");
        Destination third = get(now, "third");
        now.letGo();
        ticker.advance(Destinations.LONGEST_IDLE);
        assertThat(get(now, "third")).isSameAs(third);
        now.letGo();
        assertThat(made(now)).containsExactly("first", "third");
        assertThat(shown()).containsExactly("first", "third");

        Destinations old = now;
        inForce(next(", timeout: 7s", "first", "second", "third"));
        ticker.advance(Destinations.LONGEST_IDLE);
        now.letGo();
        assertThat(made(now)).containsExactly("first");
        assertThat(get(old, "third")).isSameAs(get(now, "third")).isNotSameAs(third);
        assertThat(get(now, "second")).isNotSameAs(second);
    }

    @Test
    void keepsWhatACallIsUnderWayToAndWhatAnOperatorHasSet() {
        Service second = get(now, "second").service();
        assertThat(second.bulkhead().tryEnter()).isTrue();
        CircuitBreaker breaker = get(now, "third").service().breaker();
        Objects.requireNonNull(breaker).forceOpen();
        for (int i = 0; i < 3; i++) {
            now.letGo();
            ticker.advance(Destinations.LONGEST_IDLE);
        }
        assertThat(made(now)).containsExactly("first", "second", "third");
        second.bulkhead().leave();
        breaker.reset();
        now.letGo();
        ticker.advance(Destinations.LONGEST_IDLE);
        now.letGo();
        assertThat(made(now)).containsExactly("first");
    }

    @Test
    void makesNothingOnceItIsClosed() {
        now.close();
        assertThat(now.get("second")).isNull();
        assertThat(shown()).isEmpty();
    }

    /** Callers of all snapshots that ever were, while they change and services are let go. */
    @Test
    void manyCallersGetTheSameWhateverHappensMeanwhile() throws Exception {
        AtomicReference<Destinations> seen = new AtomicReference<>(now);
        AtomicReference<Boolean> over = new AtomicReference<>(false);
        try (ExecutorService threads = Executors.newFixedThreadPool(MANY)) {
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                callers.add(threads.submit(caller(seen, over)));
            }
            try {
                for (int i = 0; i < 300; i++) {
                    String more = i % 3 == 0 ? "" : ", timeout: " + (i + 1) + "s";
                    seen.set(inForce(next(more, "first", "second", "third")));
                    now.letGo();
                    ticker.advance(Destinations.LONGEST_IDLE);
                    now.letGo();
                }
            } finally {
                over.set(true);
            }
            for (Future<Integer> each : callers) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
            }
        }
        assertThat(get(now, "second")).isSameAs(get(now, "second"));
        assertThat(shown()).isEqualTo(made(now));
        inForce(next("", "first"));
        assertThat(shown()).containsExactly("first");
    }

    private static Callable<Integer> caller(
            AtomicReference<Destinations> seen, AtomicReference<Boolean> over) {
        return () -> {
            int calls = 0;
            Destinations first = seen.get();
            do {
                Destinations mine = seen.get();
                for (String name : List.of("first", "second", "third")) {
                    assertThat(get(mine, name).service().name()).isEqualTo(name);
                    assertThat(get(first, name).service().name()).isEqualTo(name);
                }
                calls++;
            } while (!over.get());
            return calls;
        };
    }
}
