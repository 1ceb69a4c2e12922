package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.sidecar.discover.ServiceWatch.Status;
import dev.outrider.sidecar.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
class ClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SLICES = "endpointslices";

    private final FakeTicker ticker = new FakeTicker();
    private FakeKubernetes server;
    private Cluster cluster;

    @BeforeEach
    void start() throws IOException {
        server = FakeKubernetes.start();
        cluster = Clusters.of(server, config(500), ticker);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
    }

    private static KubernetesConfig config(int services) {
        KubernetesConfig defaults = Clusters.config("shop", "");
        return new KubernetesConfig(
                defaults.namespace(),
                defaults.clusterDomain(),
                defaults.zone(),
                true,
                null,
                defaults.credentials(),
                services,
                defaults.absentFor());
    }

    private static TestSlice slice(String service) {
        return new TestSlice("shop", service).port("http", 8080);
    }

    private ServiceWatch find(String service) {
        return Objects.requireNonNull(cluster.find(new ServiceName(service, "shop")));
    }

    private ServiceWatch known(String service) {
        ServiceWatch watch = find(service);
        until(() -> watch.status() == Status.KNOWN);
        return watch;
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    /** The server notices that a client has gone when it has something to say. */
    private int openWatches() {
        server.bookmark();
        return server.openWatches();
    }

    /** Followed by the one watch of its namespace. */
    private void untilFollowed(int services) {
        until(() -> openWatches() == 1 && cluster.behind() == 0);
        assertThat(cluster.all()).hasSizeGreaterThanOrEqualTo(services);
    }

    @Test
    void followsWhatItIsAskedForAndNothingElse() {
        slice("billing").ready("10.0.0.1").in(server);
        slice("orders").ready("10.0.0.2").in(server);
        ServiceWatch billing = known("billing");
        assertThat(billing.known().slices().places()).isEqualTo(1);
        untilFollowed(1);
        slice("orders").ready("10.0.0.3").in(server);
        slice("billing").ready("10.0.0.1", "10.0.0.9").in(server);
        until(() -> billing.known().slices().places() == 2);
        assertThat(cluster.all()).hasSize(1);
        assertThat(server.requests())
                .filteredOn(each -> each.verb().equals("watch"))
                .allMatch(each -> each.query().toString().contains("billing"));
    }

    @Test
    void oneWatchDoesForManyServices() {
        for (int i = 0; i < 60; i++) {
            slice("svc" + i).ready("10.0.0." + (i + 1)).in(server);
        }
        for (int i = 0; i < 60; i++) {
            var _ = find("svc" + i);
        }
        until(() -> cluster.all().stream().allMatch(each -> each.status() == Status.KNOWN));
        until(() -> cluster.behind() == 0);
        until(() -> openWatches() == 2);
        assertThat(cluster.feeds()).isEqualTo(2);
        slice("svc7").ready("10.0.1.1", "10.0.1.2").in(server);
        until(() -> find("svc7").known().slices().places() == 2);
    }

    @Test
    void whatIsGoneIsGone() {
        slice("billing").ready("10.0.0.1").in(server);
        TestSlice second = new TestSlice("shop", "billing", "second").port("http", 8080);
        second.ready("10.0.0.2").in(server);
        ServiceWatch billing = known("billing");
        assertThat(billing.known().slices().places()).isEqualTo(2);
        untilFollowed(1);
        second.outOf(server);
        until(() -> billing.known().slices().places() == 1);
        slice("billing").outOf(server);
        until(billing::absent);
    }

    @Test
    void whatIsNotThereIsAskedForAgainAfterAWhile() {
        assertThat(known("billing").absent()).isTrue();
        long asked = server.count("list", SLICES);
        slice("billing").ready("10.0.0.1").in(server);
        for (int i = 0; i < 10; i++) {
            assertThat(find("billing").absent()).isTrue();
        }
        assertThat(server.count("list", SLICES)).isEqualTo(asked);
        ticker.advance(Duration.ofSeconds(11));
        until(() -> !known("billing").absent());
    }

    @Test
    void aListLostAndAVersionForgottenAreMadeUpFor() {
        slice("billing").ready("10.0.0.1").in(server);
        ServiceWatch billing = known("billing");
        untilFollowed(1);
        slice("billing").ready("10.0.0.1", "10.0.0.2").in(server);
        until(() -> billing.known().slices().places() == 2);
        server.dropWatches();
        slice("billing").ready("10.0.0.3").in(server);
        until(() -> billing.known().slices().places() == 1);

        server.expireInStream(true);
        server.answer("watch", SLICES, 1, FakeAnswer.failure(500, "InternalError", "try again"));
        server.dropWatches();
        slice("billing").ready("10.0.0.4", "10.0.0.5", "10.0.0.6").in(server);
        server.compact();
        until(() -> billing.known().slices().places() == 3);
    }

    @Test
    void whatWasKnownStandsWhileTheServerIsAway() {
        slice("billing").ready("10.0.0.1").in(server);
        ServiceWatch billing = known("billing");
        untilFollowed(1);
        server.script(_ -> FakeAnswer.failure(503, "ServiceUnavailable", "away"));
        server.dropWatches();
        until(() -> !cluster.stale(billing).isEmpty());
        assertThat(billing.status()).isEqualTo(Status.KNOWN);
        assertThat(billing.known().slices().places()).isEqualTo(1);

        ServiceWatch other = find("orders");
        until(() -> other.status() == Status.AWAY);
        assertThat(other.problem()).contains("503");
        assertThat(other.first().toCompletableFuture()).isDone();

        slice("orders").ready("10.0.0.2").in(server);
        server.behave();
        until(() -> cluster.stale(billing).isEmpty());
        ticker.advance(Duration.ofSeconds(31));
        until(() -> find("orders").status() == Status.KNOWN);
    }

    @Test
    void aMissingRightIsSaidAndAskedForAgainLater() {
        AtomicInteger asked = new AtomicInteger();
        server.script(request -> {
            asked.incrementAndGet();
            return null;
        });
        server.forbid("list", SLICES);
        ServiceWatch billing = find("billing");
        until(() -> billing.status() == Status.DENIED);
        assertThat(billing.problem()).contains("403");
        server.behave();
        slice("billing").ready("10.0.0.1").in(server);
        assertThat(find("billing").status()).isEqualTo(Status.DENIED);
        ticker.advance(Duration.ofSeconds(91));
        until(() -> billing.status() == Status.KNOWN);
    }

    @Test
    void whoHasNoTokenIsDeniedToo() {
        try (Cluster none =
                Clusters.with(
                        config(5),
                        () -> {
                            throw new IOException("no token here");
                        },
                        ticker)) {
            ServiceWatch billing =
                    Objects.requireNonNull(none.find(new ServiceName("billing", "shop")));
            until(() -> billing.status() == Status.DENIED);
            assertThat(billing.problem()).isEqualTo("no token here");
        }
    }

    @Test
    void anAppCannotMakeEndlesslyMany() {
        try (Cluster small = Clusters.of(server, config(8), ticker)) {
            Runnable listener = () -> {};
            ServiceWatch held = small.hold(new ServiceName("held", "shop"), listener);
            for (int i = 0; i < 200; i++) {
                ticker.advance(Duration.ofMillis(1));
                assertThat(small.find(new ServiceName("made-up-" + i, "shop"))).isNotNull();
                assertThat(small.all()).hasSizeLessThanOrEqualTo(8);
            }
            assertThat(small.all()).contains(held);
            for (int i = 0; i < 7; i++) {
                var _ = small.hold(new ServiceName("more-" + i, "shop"), listener);
            }
            assertThat(small.find(new ServiceName("one-too-many", "shop"))).isNull();
            assertThat(small.counts().refused()).isEqualTo(1);
        }
    }

    @Test
    void whatWasMadeUpAndForgottenIsNotLookedFor() {
        try (Cluster small = Clusters.of(server, config(8), ticker)) {
            ServiceWatch last = null;
            for (int i = 0; i < 500; i++) {
                ticker.advance(Duration.ofMillis(1));
                last = small.find(new ServiceName("made-up-" + i, "shop"));
            }
            ServiceWatch asked = Objects.requireNonNull(last);
            until(() -> asked.status() == Status.KNOWN);
            assertThat(server.requests()).hasSizeLessThan(250);
        }
    }

    @Test
    void anAnswerNobodyUnderstandsIsAskedForAgain() {
        AtomicInteger opened = new AtomicInteger();
        Cluster.Opener broken =
                () -> {
                    if (opened.getAndIncrement() == 0) {
                        throw new IllegalStateException("a bug");
                    }
                    return server.api();
                };
        slice("billing").ready("10.0.0.1").in(server);
        try (Cluster other = Clusters.with(config(500), broken, ticker)) {
            ServiceWatch billing =
                    Objects.requireNonNull(other.find(new ServiceName("billing", "shop")));
            until(() -> billing.status() == Status.AWAY);
            assertThat(billing.problem()).contains("a bug");
            ticker.advance(Duration.ofMinutes(1));
            until(() -> billing.status() == Status.KNOWN);
        }
    }

    @Test
    void letsGoOfWhatNobodyAsksFor() {
        slice("billing").ready("10.0.0.1").in(server);
        var _ = known("billing");
        untilFollowed(1);
        ticker.advance(Cluster.LONGEST_IDLE);
        until(() -> cluster.all().isEmpty());
        until(() -> cluster.feeds() == 0);
        until(() -> openWatches() == 0);
    }

    @Test
    void whoIsHeldIsFollowedBeforeItIsThereAndAfterItIsGone() {
        ServiceWatch held = cluster.hold(new ServiceName("late", "shop"), () -> {});
        until(() -> held.status() == Status.KNOWN && cluster.behind() == 0);
        assertThat(held.absent()).isTrue();
        ticker.advance(Cluster.LONGEST_IDLE.multipliedBy(2));
        slice("late").ready("10.0.0.1").in(server);
        until(() -> !held.absent());
    }
}
