package dev.outrider.injector.reconcile;

import static dev.outrider.injector.reconcile.Shapes.pod;
import static dev.outrider.injector.reconcile.Shapes.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Watch;
import dev.outrider.injector.metrics.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each controller by itself, round by round, against the API's double. */
class ControllersTest {
    private static final Mirror.Pace QUICK =
            new Mirror.Pace(Duration.ofMillis(20), Duration.ofMillis(200), Watch.Span.DEFAULTS);
    private static final String SHOP_MESH = "/api/v1/namespaces/shop/configmaps/outrider-mesh";
    private static final String HOME_MESH =
            "/api/v1/namespaces/outrider-system/configmaps/outrider-mesh";
    private static final String WEB = "/api/v1/namespaces/shop/services/web";
    private static final String GOOD = "inbound: {mtls: strict}\n";

    private final AtomicReference<Instant> clock =
            new AtomicReference<>(Instant.parse("2026-11-28T12:00:00Z"));
    private final AtomicBoolean leads = new AtomicBoolean(true);
    private FakeKubernetes fake;
    private KubeApi api;
    private Journal journal;

    @BeforeEach
    void start() throws Exception {
        fake = FakeKubernetes.start();
        api = fake.api();
        journal = new Journal(api, "test", clock::get);
        fake.namespace("shop", Map.of("outrider.dev/inject", "enabled"));
    }

    @AfterEach
    void stop() {
        api.close();
        fake.close();
    }

    @Test
    void theMeshsConfigurationIsMadeRestoredAndFollowed() {
        fake.put(HOME_MESH, configMap("mesh.yaml", GOOD));
        try (MeshConfigMaps maps = maps(List.of("shop", "outrider-system", "gone"))) {
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));
            assertThat(Fields.labels(fake.find(SHOP_MESH).orElseThrow()))
                    .containsEntry("app.kubernetes.io/managed-by", "outrider-injector");
            assertThat(maps.valid()).isTrue();
            assertThat(fake.find("/api/v1/namespaces/gone/configmaps/outrider-mesh")).isEmpty();

            fake.put(SHOP_MESH, configMap("mesh.yaml", "inbound: {mtls: permissive}\n"));
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));
            assertThat(events()).contains("MeshConfigReplaced");

            fake.delete(SHOP_MESH);
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));

            fake.put(HOME_MESH, configMap("mesh.yaml", "inbound: {mtls: permissive}\n"));
            rounds(
                    maps,
                    () -> meshOf(SHOP_MESH).equals(Optional.of("inbound: {mtls: permissive}\n")));
        }
    }

    @Test
    void anImmutableCopyThatIsOldIsMadeAnewAndItsPodsAreSaidToNeedARestart() {
        fake.put(HOME_MESH, configMap("mesh.yaml", GOOD));
        Map<String, @Nullable Object> old = new HashMap<>(configMap("mesh.yaml", "old: true\n"));
        old.put("immutable", true);
        fake.put(SHOP_MESH, old);
        try (MeshConfigMaps maps = maps(List.of("shop"))) {
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));
            assertThat(Fields.flag(fake.find(SHOP_MESH).orElseThrow(), "immutable")).isFalse();
            assertThat(events()).contains("MeshConfigReplaced", "was immutable", "restart them");

            fake.put(HOME_MESH, configMap("mesh.yaml", "inbound: {mtls: permissive}\n"));
            rounds(
                    maps,
                    () -> meshOf(SHOP_MESH).equals(Optional.of("inbound: {mtls: permissive}\n")));
        }
    }

    @Test
    void aBrokenOneIsNotSpreadAndSaidWhyWhileTheOneBeforeIsKept() {
        fake.put(HOME_MESH, configMap("mesh.yaml", GOOD));
        try (MeshConfigMaps maps = maps(List.of("shop"))) {
            rounds(maps, () -> meshOf(SHOP_MESH).isPresent());

            fake.put(HOME_MESH, configMap("mesh.yaml", "inbound: {mtls: strict"));
            rounds(maps, () -> !maps.valid());
            fake.delete(SHOP_MESH);
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));

            assertThat(events()).contains("MeshConfigBroken", "no valid YAML", "said before");
        }
    }

    @Test
    void conflictsRefusalsAndDroppedWatchesAreGotOver() {
        fake.put(HOME_MESH, configMap("mesh.yaml", GOOD));
        fake.put(SHOP_MESH, configMap("mesh.yaml", "old: true\n"));
        fake.answer("update", "configmaps", 2, FakeAnswer.failure(409, "Conflict", "modified"));
        fake.answer("update", "configmaps", 1, FakeAnswer.failure(403, "Forbidden", "no right"));
        try (MeshConfigMaps maps = maps(List.of("shop"))) {
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));
            fake.dropWatches();
            fake.compact();
            fake.put(SHOP_MESH, configMap("mesh.yaml", "old: true\n"));
            rounds(maps, () -> meshOf(SHOP_MESH).equals(Optional.of(GOOD)));
        }
    }

    @Test
    void aNamespaceThatTakesNoTrustBundleKeepsNoOtherFromItsOwn() {
        String first = "/api/v1/namespaces/first/configmaps/outrider-trust";
        String second = "/api/v1/namespaces/second/configmaps/outrider-trust";
        fake.namespace("first", Map.of());
        fake.namespace("second", Map.of());
        fake.answer("create", "configmaps", 1, FakeAnswer.failure(403, "Forbidden", "quota"));
        TrustSeed seed = new TrustSeed(api, "outrider-trust", () -> "PEM");

        seed.reconcile(List.of("first", "second"), clock.get());
        assertThat(fake.find(first)).isEmpty();
        assertThat(fake.find(second)).isPresent();

        seed.reconcile(List.of("first", "second"), clock.get());
        assertThat(fake.find(first)).as("tried again").isPresent();
    }

    @Test
    void whoDoesNotLeadChangesNothing() {
        leads.set(false);
        fake.put(HOME_MESH, configMap("mesh.yaml", GOOD));
        try (MeshConfigMaps maps = maps(List.of("shop"))) {
            rounds(maps, maps::valid);
            maps.reconcile();
            assertThat(fake.find(SHOP_MESH)).isEmpty();
        }
    }

    @Test
    void aServiceIsLabelledWhenItsPodsHeldForAWhileAndOnlyThen() {
        fake.put(WEB, service("shop", "web", "http", Map.of("team", "a")));
        Shapes.Pod meshed = pod("shop", "web", "a").sidecar("0.1.0");
        fake.put(meshed.path(), meshed.json());
        try (PodBook pods = book();
                ServiceLabels labels = labels(pods)) {
            rounds(labels, pods, 1);
            assertThat(label()).isEmpty();
            clock.set(clock.get().plusSeconds(31));
            labels.reconcile();
            assertThat(label()).hasValue("web");
            assertThat(Fields.labels(fake.find(WEB).orElseThrow())).containsEntry("team", "a");
            assertThat(events()).contains("Meshed");

            Shapes.Pod plain = pod("shop", "web", "b");
            fake.put(plain.path(), plain.json());
            eventually(() -> pods.all().size() == 2);
            eventually(() -> {
                labels.reconcile();
                return label().isEmpty();
            });
            assertThat(events()).contains("NotMeshed", "pod web-5d7f8-b has no sidecar");

            fake.delete(plain.path());
            eventually(() -> pods.all().size() == 1);
            labels.reconcile();
            clock.set(clock.get().plusSeconds(31));
            labels.reconcile();
            assertThat(label()).as("it flapped, so it has to hold for longer").isEmpty();
            clock.set(clock.get().plusSeconds(31));
            eventually(() -> {
                labels.reconcile();
                return label().equals(Optional.of("web"));
            });
        }
    }

    @Test
    void aLabelWrittenByHandIsLeftAndSaidToBeWrong() {
        fake.put(WEB, service("shop", "web", 8080, Map.of(ServiceFacts.LABEL, "mine")));
        Shapes.Pod plain = pod("shop", "web", "a");
        fake.put(plain.path(), plain.json());
        try (PodBook pods = book();
                ServiceLabels labels = labels(pods)) {
            rounds(labels, pods, 1);
            eventually(() -> {
                labels.reconcile();
                return events().contains("LabelWrong");
            });
            assertThat(label()).hasValue("mine");
        }
    }

    @Test
    void aPodIsEvictedUnlessABudgetSaysNo() throws Exception {
        Shapes.Pod plain = pod("shop", "web", "a");
        fake.put(plain.path(), plain.json());
        Metrics metrics = new Metrics();
        Evictor evictor =
                new Evictor(
                        api,
                        new EvictionPlan(2),
                        journal,
                        metrics.counter("evictions_total", "Evictions.", "result"));
        Coverage coverage = Coverage.of(List.of(plain.facts(PodFacts.Wish.YES)), "0.1.0");
        fake.answer(
                "create",
                "pods/eviction",
                1,
                FakeAnswer.failure(
                        429,
                        "TooManyRequests",
                        "Cannot evict pod as it would violate the pod's disruption budget."));

        evictor.round(coverage, clock.get());
        assertThat(fake.find(plain.path())).isPresent();
        assertThat(metrics.text()).contains("{result=\"refused\"} 1");
        evictor.round(coverage, clock.get().plusSeconds(10));
        assertThat(fake.count("create", "pods/eviction")).isEqualTo(1);

        evictor.round(coverage, clock.get().plusSeconds(40));
        assertThat(fake.find(plain.path())).isEmpty();
        assertThat(metrics.text()).contains("{result=\"evicted\"} 1");
        String body =
                fake.requests().stream()
                        .filter(request -> request.resource().equals("pods/eviction"))
                        .toList()
                        .getLast()
                        .body();
        assertThat(body).contains("policy/v1", "uid-of-web-5d7f8-a");
    }

    @Test
    void whatIsReportedIsSaidOnceAndCounted() {
        CoverageReport report = new CoverageReport(journal);
        Coverage missing =
                Coverage.of(
                        List.of(
                                pod("shop", "web", "a").facts(PodFacts.Wish.YES),
                                pod("shop", "web", "b").sidecar("0.1.0").facts(PodFacts.Wish.YES),
                                pod("shop", "old", "c").sidecar("0.0.9").facts(PodFacts.Wish.YES),
                                pod("shop", "free", "d").facts(PodFacts.Wish.NO)),
                        "0.1.0");
        report.report(missing);
        report.report(missing);

        assertThat(fake.count("create", "events")).isEqualTo(1);
        assertThat(events())
                .contains("SidecarMissing", "kubectl -n shop rollout restart deployment/web");
        assertThat(report.figures())
                .containsEntry(List.of("shop", "missing"), 1.0)
                .containsEntry(List.of("shop", "outdated"), 1.0)
                .containsEntry(List.of("shop", "meshed"), 1.0);
    }

    @Test
    void eventsAreACourtesyAndNoFlood() {
        fake.answer("create", "events", 1, FakeAnswer.failure(403, "Forbidden", "no right"));
        for (int each = 0; each < 100; each++) {
            journal.normal(
                    new Journal.About("v1", "Pod", "shop", "web-" + each, "u"), "Reason", "note");
        }
        assertThat(fake.count("create", "events")).isEqualTo(30);
        clock.set(clock.get().plusSeconds(61));
        journal.normal(new Journal.About("v1", "Pod", "shop", "web-0", "u"), "Reason", "note");
        assertThat(fake.count("create", "events")).as("said within the hour").isEqualTo(30);
    }

    @Test
    void theVersionGoesUpOnlyWhenItIsHeardAgain() throws Exception {
        fake.serverMinor("28+");
        VersionWatch version = new VersionWatch(api);
        version.read();
        assertThat(version.version().orElseThrow()).hasToString("1.28");
        fake.serverMinor("29");
        version.read();
        version.read();
        assertThat(version.version().orElseThrow()).hasToString("1.28");
        version.read();
        assertThat(version.version().orElseThrow()).hasToString("1.29");
        fake.serverMinor("28");
        version.read();
        assertThat(version.version().orElseThrow()).hasToString("1.28");
    }

    @Test
    void aNamespaceThatJustOptedInIsNotTakenForOneThatDidNot() throws Exception {
        fake.namespace("new", Map.of());
        try (NamespaceBook book = new NamespaceBook(api, QUICK, () -> {})) {
            eventually(book::synced);
            fake.script(request ->
                    request.verb().equals("watch")
                            ? FakeAnswer.failure(503, "ServiceUnavailable", "away")
                            : null);
            fake.dropWatches();
            fake.namespace("new", Map.of("outrider.dev/inject", "enabled"));

            assertThat(book.named("new").optedIn()).isTrue();
            assertThat(book.named("shop").optedIn()).isTrue();
        }
    }

    @Test
    void aNamespaceThatCannotBeReadJustNowIsNotTakenForOneThatDidNotOptIn() throws Exception {
        fake.namespace("new", Map.of());
        try (NamespaceBook book = new NamespaceBook(api, QUICK, () -> {})) {
            eventually(book::synced);
            FakeAnswer away = FakeAnswer.failure(503, "ServiceUnavailable", "away");
            fake.answer("get", "namespaces", 1, away);
            assertThatThrownBy(() -> book.named("new")).isInstanceOf(IOException.class);

            fake.forbid("get", "namespaces");
            assertThat(book.named("new").optedIn()).as("no right to ask again").isFalse();
        }
    }

    private MeshConfigMaps maps(List<String> namespaces) {
        return new MeshConfigMaps(
                api,
                "outrider-system",
                "outrider-mesh",
                () -> namespaces,
                journal,
                leads::get,
                QUICK,
                () -> {});
    }

    private PodBook book() {
        return new PodBook(api, QUICK, (_, _) -> PodFacts.Wish.YES, () -> {});
    }

    private ServiceLabels labels(PodBook pods) {
        return new ServiceLabels(api, pods, journal, leads::get, clock::get, QUICK, () -> {});
    }

    private static void rounds(MeshConfigMaps maps, Callable<Boolean> done) {
        eventually(() -> {
            maps.reconcile();
            return done.call();
        });
    }

    private static void rounds(ServiceLabels labels, PodBook pods, int count) {
        eventually(() -> {
            labels.reconcile();
            return pods.synced() && pods.all().size() == count;
        });
        labels.reconcile();
    }

    private Optional<String> label() {
        return Optional.ofNullable(
                Fields.labels(fake.find(WEB).orElseThrow()).get(ServiceFacts.LABEL));
    }

    private Optional<String> meshOf(String path) {
        return fake.find(path).flatMap(found -> Fields.text(found, "data", "mesh.yaml"));
    }

    private String events() {
        return String.join(
                "\n",
                fake.requests().stream()
                        .filter(request ->
                                request.verb().equals("create")
                                        && request.resource().equals("events"))
                        .map(request -> request.body())
                        .toList());
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofMinutes(1)).until(condition);
    }

    private static Map<String, @Nullable Object> configMap(String key, String yaml) {
        return Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "metadata",
                Map.of("name", "outrider-mesh"),
                "data",
                Map.of(key, yaml));
    }
}
