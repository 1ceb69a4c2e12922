package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.LeaderElection;
import dev.outrider.certs.kubernetes.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One ConfigMap in each namespace that opted in, kept true against whatever happens to it. */
class TrustMapsTest {
    private static final Map<String, String> OPTED_IN = Map.of("outrider.dev/inject", "enabled");

    private FakeKubernetes kubernetes;
    private KubeApi api;
    private RevokedMap revoked;
    private TrustMaps trust;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.namespace(Replica.SYSTEM, Map.of());
        kubernetes.namespace("shop", OPTED_IN);
        kubernetes.namespace("other", Map.of());
        api = kubernetes.api();
        LeaderElection election =
                LeaderElection.start(
                        api,
                        Replica.SYSTEM,
                        "outrider-ca",
                        "one",
                        Replica.QUICK.timing(),
                        Instant::now);
        ClusterSettings settings = Replica.cluster("one", Optional.empty());
        revoked =
                RevokedMap.start(
                        api, Replica.SYSTEM, settings.revokedConfigMap(), Replica.QUICK.pace());
        trust = new TrustMaps(api, settings, election, revoked, Replica.QUICK.pace());
        await().atMost(Duration.ofMinutes(1)).until(election::leads);
        trust.publish("first");
        holds("shop", "first");
    }

    @AfterEach
    void stop() {
        trust.close();
        revoked.close();
        api.close();
        kubernetes.close();
    }

    @Test
    void namespacesThatOptedInAndOurOwnHaveIt() {
        holds(Replica.SYSTEM, "first");
        assertThat(kubernetes.find(path("other"))).isEmpty();
        await().atMost(Duration.ofMinutes(1)).until(() -> trust.undelivered().isEmpty());
    }

    @Test
    void aNewBundleAndANewNamespaceAreFollowed() {
        trust.publish("second");
        holds("shop", "second");
        kubernetes.namespace("later", OPTED_IN);
        holds("later", "second");
        kubernetes.namespace("other", OPTED_IN);
        holds("other", "second");
    }

    /** The webhook asks for a sidecar in both, and a pod without the bundle does not start. */
    @Test
    void eitherWordOptsIn() {
        kubernetes.namespace("later", Map.of("outrider.dev/inject", "true"));
        holds("later", "first");
        kubernetes.namespace("never", Map.of("outrider.dev/inject", "false"));
        kubernetes.namespace("last", OPTED_IN);
        holds("last", "first");
        assertThat(kubernetes.find(path("never"))).isEmpty();
    }

    @Test
    void whatIsDeletedOrChangedByHandIsRestored() {
        kubernetes.delete(path("shop"));
        holds("shop", "first");
        Map<String, @Nullable Object> changed = kubernetes.find(path("shop")).orElseThrow();
        changed.put("data", Map.of("bundle.pem", "of an attacker"));
        kubernetes.put(path("shop"), changed);
        holds("shop", "first");
        kubernetes.put(path("shop"), Map.of("data", Map.of("mine", "x")));
        holds("shop", "first");
    }

    @Test
    void oneThatWasMadeImmutableIsReplaced() {
        Map<String, @Nullable Object> changed = kubernetes.find(path("shop")).orElseThrow();
        changed.put("data", Map.of("bundle.pem", "of an attacker"));
        changed.put("immutable", true);
        kubernetes.put(path("shop"), changed);

        holds("shop", "first");
    }

    @Test
    void aListTooLongForAConfigMapDoesNotKeepTheBundleFromAnybody() {
        kubernetes.put(
                Resource.CONFIG_MAPS.named(Replica.SYSTEM, "outrider-revoked"),
                Map.of(
                        "metadata",
                        Map.of("name", "outrider-revoked", "namespace", Replica.SYSTEM),
                        "data",
                        Map.of("all", "ab\n".repeat(300_000))));
        trust.publish("second");

        holds("shop", "second");
        assertThat(revoked.get().size()).isZero();
    }

    @Test
    void aNamespaceThatOptedOutStillLearnsOfNewRoots() {
        kubernetes.namespace("shop", Map.of());
        trust.publish("second");

        holds("shop", "second");
    }

    @Test
    void aNamespaceThatGoesTakesItAlong() {
        kubernetes.delete(Resource.NAMESPACES.named("shop"));
        trust.publish("second");
        holds(Replica.SYSTEM, "second");

        assertThat(kubernetes.find(path("shop"))).isEmpty();
        await().atMost(Duration.ofMinutes(1)).until(() -> trust.undelivered().isEmpty());
    }

    @Test
    void aMissingRightIsToldWithTheNamespaceAndTriedAgain() {
        kubernetes.forbid("update", "configmaps");
        trust.publish("second");
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() ->
                        assertThat(trust.undelivered().orElse(""))
                                .contains("[outrider-system, shop]")
                                .contains("grant 'update' on 'configmaps'"));
        kubernetes.behave();
        trust.publish("second");

        holds("shop", "second");
    }

    /** Waits for it: exactly this, and marked as ours. */
    private void holds(String namespace, String bundle) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> {
                    Map<String, @Nullable Object> map =
                            kubernetes.find(path(namespace)).orElseThrow();
                    assertThat(Fields.map(map, "data"))
                            .isEqualTo(Map.of("bundle.pem", bundle, "revoked", revoked.text()));
                    assertThat(Fields.labels(map))
                            .containsEntry("app.kubernetes.io/managed-by", "outrider");
                });
    }

    private static String path(String namespace) {
        return Resource.CONFIG_MAPS.named(namespace, "outrider-trust");
    }
}
