package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuthorityState;
import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.Resource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A root is replaced over simulated hours while replicas are killed and started, watches break,
 * history is forgotten, writes are overtaken and the API server fails. Whoever holds a certificate
 * is accepted by whoever trusts a bundle, all the time. The seed of a failure is printed.
 */
class ClusterChaosIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration TICK = Duration.ofMinutes(40);

    /** Thirty hours, in which a root is replaced. */
    private static final int ROTATION_TICKS = 45;

    private static final String SECRET = Resource.SECRETS.named(Replica.SYSTEM, "outrider-ca");
    private static final String TRUST = Resource.CONFIG_MAPS.named("shop", "outrider-trust");

    private final long seed = new Random().nextLong();
    private final Random chance = new Random(seed);
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private FakeKubernetes kubernetes;
    private int started;

    /** A sidecar that hears of roots at once, or a tick late. */
    private final class Workload {
        private final boolean late;
        private final double renewsAt;
        private TrustBundle heard;
        private TrustBundle trusts;
        private X509Svid svid;

        Workload(boolean late, double renewsAt) throws Exception {
            this.late = late;
            this.renewsAt = renewsAt;
            this.heard = published();
            this.trusts = heard;
            Replica replica = replicas.getFirst();
            try (CaClient client = replica.client(trusts)) {
                svid = Replica.fetch(client, Replica.WEB, replica.token("web"));
            }
        }

        void live() throws Exception {
            TrustBundle newest = published();
            trusts = late ? heard : newest;
            heard = newest;
            Duration age = Duration.between(svid.notBefore(), now.get());
            Duration life = Duration.between(svid.notBefore(), svid.notAfter());
            if (age.toSeconds() > life.toSeconds() * renewsAt) {
                renew();
            }
        }

        /** At any replica; one that fails is not the last. */
        private void renew() throws Exception {
            for (int attempt = 0; ; attempt++) {
                Replica replica = replicas.get(chance.nextInt(replicas.size()));
                try (CaClient client = replica.client(trusts)) {
                    svid = Replica.renew(kubernetes, client, svid);
                    return;
                } catch (CaException e) {
                    if (!e.retryable() || attempt == 5) {
                        throw e;
                    }
                }
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.clock(now::get);
        kubernetes.namespace(Replica.SYSTEM, Map.of());
        kubernetes.namespace("shop", Map.of("outrider.dev/inject", "enabled"));
        for (int count = 0; count < 3; count++) {
            startOne();
        }
        delivered();
        for (double renewsAt : new double[] {0.5, 0.7}) {
            workloads.add(new Workload(false, renewsAt));
            workloads.add(new Workload(true, renewsAt));
        }
    }

    @AfterEach
    void stop() throws Exception {
        kubernetes.behave();
        for (Replica replica : replicas) {
            replica.close();
        }
        kubernetes.close();
    }

    @Test
    void whateverHappensEachAcceptsEach() throws Exception {
        int asked = 0;
        requestIfNotUnderWay();
        for (int tick = 0; tick - asked < ROTATION_TICKS; tick++) {
            now.updateAndGet(t -> t.plus(TICK));
            harm();
            maintainAll();
            kubernetes.behave();
            maintainAll();
            delivered();
            for (Workload workload : workloads) {
                workload.live();
            }
            assertEachAcceptsEach(tick);
            if (requestIfNotUnderWay()) {
                asked = tick;
            }
        }
        assertThat(secretText("roots.json"))
                .as("seed " + seed)
                .contains("\"generation\" : 1")
                .doesNotContain("signFrom");
    }

    /** Again, as a Secret that is deleted takes a request with it that no replica has read yet. */
    private boolean requestIfNotUnderWay() throws Exception {
        AuthorityState state = state();
        if (state.generation() > 0 || state.rotation().isPresent() || state.rotationRequested()) {
            return false;
        }
        try (KubeApi api = kubernetes.api()) {
            ClusterAuthority.requestRotation(api, Replica.SYSTEM, "outrider-ca");
        }
        return true;
    }

    private void harm() throws Exception {
        switch (chance.nextInt(7)) {
            case 0 -> kubernetes.dropWatches();
            case 1 -> {
                kubernetes.compact();
                kubernetes.dropWatches();
            }
            case 2 -> {
                replicas.remove(chance.nextInt(replicas.size())).kill();
                startOne();
            }
            case 3 ->
                    kubernetes.answer(
                            chance.nextBoolean() ? "update" : "watch",
                            chance.nextBoolean() ? "secrets" : "configmaps",
                            1 + chance.nextInt(3),
                            FakeAnswer.failure(503, "ServiceUnavailable", "on purpose"));
            case 4 -> {
                AtomicInteger overtaken = new AtomicInteger(1 + chance.nextInt(3));
                kubernetes.script(request -> {
                    if (request.verb().equals("update")
                            && request.resource().equals("secrets")
                            && overtaken.getAndDecrement() > 0) {
                        var secret = kubernetes.find(SECRET).orElseThrow();
                        var metadata = Fields.map(secret, "metadata");
                        metadata.put("labels", Map.of("touched", "t" + overtaken.get()));
                        secret.put("metadata", metadata);
                        kubernetes.put(SECRET, secret);
                    }
                    return null;
                });
            }
            case 5 -> {
                kubernetes.delete(TRUST);
                kubernetes.delete(SECRET);
                await().atMost(LONG).until(() -> kubernetes.find(SECRET).isPresent());
            }
            default -> {}
        }
    }

    private void maintainAll() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Replica replica : replicas) {
                threads.submit(() -> {
                    // What fails on purpose fails; the next round mends it.
                    replica.server.maintain();
                    return null;
                });
            }
        }
    }

    /** Waits until the ConfigMap holds what the Secret and the clock say. */
    private void delivered() {
        await().alias("seed " + seed)
                .ignoreExceptions()
                .atMost(LONG)
                .untilAsserted(() -> {
                    maintainAll();
                    assertThat(published().roots())
                            .containsExactlyInAnyOrderElementsOf(state().bundle(now.get()).roots());
                });
    }

    private void assertEachAcceptsEach(int tick) throws Exception {
        for (Workload one : workloads) {
            for (Workload other : workloads) {
                assertThat(SvidVerifier.verify(one.svid.chain(), other.trusts, now.get()))
                        .as("seed %d, tick %d", seed, tick)
                        .isEqualTo(Replica.WEB);
            }
        }
    }

    private void startOne() throws Exception {
        replicas.add(
                new Replica(
                        kubernetes,
                        Replica.cluster("replica-" + started++, Optional.empty()),
                        now::get));
    }

    private TrustBundle published() {
        return TrustBundle.parsePem(
                "cluster.local",
                kubernetes
                        .find(TRUST)
                        .flatMap(map -> Fields.text(map, "data", "bundle.pem"))
                        .orElse(""));
    }

    private AuthorityState state() throws Exception {
        try (KubeApi api = kubernetes.api()) {
            return new StateSecret(api, Replica.SYSTEM, "outrider-ca").load().orElseThrow().state();
        }
    }

    private String secretText(String key) {
        return new String(
                Fields.secret(kubernetes.find(SECRET).orElseThrow(), key).orElseThrow(),
                StandardCharsets.UTF_8);
    }
}
