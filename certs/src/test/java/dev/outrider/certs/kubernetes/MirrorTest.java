package dev.outrider.certs.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.kubernetes.Mirror.Change;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy that stays true whatever happens to the watch below it. */
class MirrorTest {
    private static final Pace QUICK =
            new Pace(
                    Duration.ofMillis(1),
                    Duration.ofMillis(20),
                    new Watch.Span(Duration.ofMinutes(5), Duration.ofMinutes(5)));
    private static final String ALL = Resource.CONFIG_MAPS.all();

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private FakeKubernetes kubernetes;
    private KubeApi api;

    @BeforeEach
    void start() throws IOException {
        kubernetes = FakeKubernetes.start();
        api = kubernetes.api();
        put("a", "1");
    }

    @AfterEach
    void stop() {
        api.close();
        kubernetes.close();
    }

    @Test
    void listsThenFollows() throws Exception {
        try (Mirror mirror = mirror(Selector.ALL)) {
            expect("ADDED a=1", "RESYNCED");
            put("a", "2");
            put("b", "1");
            kubernetes.delete(path("a"));

            expect("MODIFIED a=2", "ADDED b=1", "DELETED a=2");
            assertThat(mirror.synced()).isTrue();
            assertThat(mirror.problem()).isEmpty();
            assertThat(mirror.find("shop", "b")).isPresent();
            assertThat(mirror.objects()).hasSize(1);
        }
    }

    @Test
    void aDroppedWatchIsResumedWithoutAnotherList() throws Exception {
        try (Mirror mirror = mirror(Selector.ALL)) {
            expect("ADDED a=1", "RESYNCED");
            watching();
            kubernetes.dropWatches();
            put("a", "2");
            expect("MODIFIED a=2");
            watching();
            kubernetes.endWatches();
            put("a", "3");
            expect("MODIFIED a=3");

            assertThat(kubernetes.count("list", "configmaps")).isEqualTo(1);
            assertThat(mirror.synced()).isTrue();
        }
    }

    @Test
    void aBookmarkMovesTheVersionToResumeFrom() throws Exception {
        try (Mirror mirror = mirror(Selector.named("a"))) {
            expect("ADDED a=1", "RESYNCED");
            put("elsewhere", "1");
            watching();
            kubernetes.bookmark();
            kubernetes.endWatches();
            String bookmarked = Long.toString(kubernetes.version());
            await().atMost(Duration.ofMinutes(1))
                    .until(() ->
                            kubernetes.requests().stream()
                                    .anyMatch(r ->
                                            bookmarked.equals(r.query().get("resourceVersion"))));

            assertThat(mirror.objects()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aForgottenVersionIsListedAgainAndOnlyTheDifferenceIsTold(boolean inStream)
            throws Exception {
        kubernetes.expireInStream(inStream);
        put("b", "1");
        put("c", "1");
        try (Mirror mirror = mirror(Selector.ALL)) {
            expect("ADDED a=1", "ADDED b=1", "ADDED c=1", "RESYNCED");
            watching();
            // The server is away while things change and history is cleared.
            kubernetes.script(request ->
                    request.verb().equals("watch")
                            ? FakeAnswer.failure(503, "ServiceUnavailable", "away")
                            : null);
            kubernetes.dropWatches();
            await().atMost(Duration.ofMinutes(1)).until(() -> mirror.problem().isPresent());
            put("a", "2");
            kubernetes.delete(path("b"));
            put("d", "1");
            kubernetes.compact();
            kubernetes.behave();

            expect("MODIFIED a=2", "ADDED d=1", "DELETED b=1", "RESYNCED");
            watching();
            assertThat(kubernetes.count("list", "configmaps")).isEqualTo(2);
            await().atMost(Duration.ofMinutes(1)).until(() -> mirror.problem().isEmpty());
            put("c", "2");
            expect("MODIFIED c=2");
        }
    }

    @Test
    void rubbishInTheStreamEndsThatWatchOnly() throws Exception {
        try (Mirror _ = mirror(Selector.ALL)) {
            expect("ADDED a=1", "RESYNCED");
            int opened = 1;
            for (String rubbish :
                    List.of("{\"type\":", "[]", "{\"type\":\"NEWS\",\"object\":{}}", "\u0000")) {
                int expected = opened++;
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> kubernetes.openedWatches() == expected);
                kubernetes.sayInWatches(rubbish + "\n");
                put("a", rubbish);
                expect("MODIFIED a=" + rubbish);
            }
        }
    }

    @Test
    void anObjectThatLeavesTheSelectionIsGone() throws Exception {
        kubernetes.put(path("l"), labelled("on"));
        try (Mirror _ = mirror(Selector.labels("state=on"))) {
            expect("ADDED l=?", "RESYNCED");
            kubernetes.put(path("l"), labelled("off"));
            expect("DELETED l=?");
            kubernetes.put(path("l"), labelled("on"));
            expect("ADDED l=?");
        }
    }

    @Test
    void aMissingRightIsTheProblemUntilItIsGranted() throws Exception {
        kubernetes.forbid("list", "configmaps");
        try (Mirror mirror = mirror(Selector.ALL)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> mirror.problem().isPresent());
            assertThat(mirror.problem().orElseThrow())
                    .hasMessageContaining("grant 'list' on 'configmaps' in all namespaces");
            assertThat(mirror.synced()).isFalse();
            kubernetes.behave();

            assertThat(mirror.awaitSynced(Duration.ofMinutes(1))).isTrue();
            expect("ADDED a=1", "RESYNCED");
        }
    }

    @Test
    void aSilentWatchIsTakenForDead() throws Exception {
        Pace impatient =
                new Pace(
                        Duration.ofMillis(1),
                        Duration.ofMillis(20),
                        new Watch.Span(Duration.ofMinutes(5), Duration.ofMillis(20)));
        try (Mirror mirror = Mirror.start(api, ALL, Selector.ALL, impatient, this::note)) {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> kubernetes.count("watch", "configmaps") >= 3);

            assertThat(mirror.problem()).isEmpty();
            assertThat(kubernetes.count("list", "configmaps")).isEqualTo(1);
        }
    }

    @Test
    void aListenerThatFailsDoesNotEndTheMirror() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Mirror mirror =
                Mirror.start(
                        api,
                        ALL,
                        Selector.ALL,
                        QUICK,
                        _ -> {
                            calls.incrementAndGet();
                            throw new IllegalStateException("of the listener");
                        })) {
            assertThat(mirror.awaitSynced(Duration.ofMinutes(1))).isTrue();
            put("a", "2");
            await().atMost(Duration.ofMinutes(1)).until(() -> calls.get() == 3);
        }
    }

    @Test
    void anObjectThatCannotBeReadDoesNotEndTheMirror() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        try (Mirror mirror =
                Mirror.start(
                        api,
                        ALL,
                        Selector.ALL,
                        QUICK,
                        object -> {
                            if (reads.getAndIncrement() < 2) {
                                throw new IllegalStateException("of the reader");
                            }
                            return object;
                        },
                        _ -> {})) {
            assertThat(mirror.awaitSynced(Duration.ofMinutes(1))).isTrue();
            assertThat(reads).hasValueGreaterThan(2);
            await().atMost(Duration.ofMinutes(1)).until(() -> mirror.problem().isEmpty());
        }
    }

    @Test
    void nobodyIsToldAnythingAfterTheEnd() throws Exception {
        Mirror mirror = mirror(Selector.ALL);
        expect("ADDED a=1", "RESYNCED");
        watching();
        mirror.close();
        put("a", "2");

        assertThat(told).isEmpty();
        assertThat(mirror.find("shop", "a")).isPresent();
    }

    private Mirror mirror(Selector selector) {
        return Mirror.start(api, ALL, selector, QUICK, this::note);
    }

    private void note(Change change) {
        told.add(
                change.type() == Mirror.Type.RESYNCED
                        ? "RESYNCED"
                        : change.type()
                                + " "
                                + Fields.name(change.object())
                                + "="
                                + Fields.text(change.object(), "data", "v").orElse("?"));
    }

    private void expect(String... changes) throws InterruptedException {
        for (String change : changes) {
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(change);
        }
    }

    private void watching() {
        await().atMost(Duration.ofMinutes(1)).until(() -> kubernetes.openWatches() == 1);
    }

    private void put(String name, String value) {
        kubernetes.put(path(name), Map.of("data", Map.of("v", value)));
    }

    private static Map<String, Object> labelled(String state) {
        return Map.of("metadata", Map.of("labels", Map.of("state", state)));
    }

    private static String path(String name) {
        return Resource.CONFIG_MAPS.named("shop", name);
    }
}
