package dev.outrider.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.Json;
import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.manifest.text.Node;
import dev.outrider.injector.manifest.text.RandomYaml;
import dev.outrider.injector.manifest.text.Values;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.JsonPointer;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.Owner;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every shape of pod that the injector is tested with, in files of every style: what comes out is
 * what the webhook's patch makes of the same pod, and taking it out gives the file back.
 */
final class RoundTripTest {
    private static final Path PODS = Path.of("src", "test", "resources", "pods");
    private static final InjectionConfig SAME_EACH_TIME = sameEachTime();
    private static final int STYLES = Integer.getInteger("outrider.seeds", 12);

    private final PodInjector injector = new PodInjector(SAME_EACH_TIME);

    private static InjectionConfig sameEachTime() {
        try {
            return InjectionConfig.parse("test", "hookSecret: known to this test alone");
        } catch (SettingsException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Path> pods() throws IOException {
        try (Stream<Path> files = Files.list(PODS)) {
            return files.filter(file -> file.toString().endsWith(".in.yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pods")
    void aPodAsItsFileIsWritten(Path file) throws Exception {
        String text = Files.readString(file);
        text = text.substring(text.indexOf("---\n") + 4);
        roundTrip(text, JsonPointer.ROOT, "1.34");
        roundTrip(text.replace("\n", "\r\n"), JsonPointer.ROOT, "1.34");
        roundTrip(text.stripTrailing(), JsonPointer.ROOT, "1.27");
    }

    @ParameterizedTest
    @MethodSource("pods")
    void aPodAsJson(Path file) throws Exception {
        Map<String, @Nullable Object> pod = pod(file);
        roundTrip(Json.writeIndented(pod), JsonPointer.ROOT, "1.34");
        roundTrip(Json.write(pod), JsonPointer.ROOT, "1.34");
        Map<String, @Nullable Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "v1");
        list.put("kind", "List");
        list.put("items", List.of(pod, workload(pod)));
        roundTrip(Json.writeIndented(list), JsonPointer.parse("/items/1/spec/template"), "1.34");
    }

    @ParameterizedTest
    @MethodSource("pods")
    void aTemplateInAnyStyle(Path file) throws Exception {
        Map<String, @Nullable Object> workload = workload(pod(file));
        for (int seed = 0; seed < STYLES; seed++) {
            String text = new RandomYaml(new Random(seed)).document(workload);
            roundTrip(text, JsonPointer.parse("/spec/template"), seed % 2 == 0 ? "1.34" : "1.28");
        }
    }

    @Test
    void aPodOfAnInjectedDeploymentIsWhatTheWebhookMakesOfItsPod() throws Exception {
        Map<String, @Nullable Object> template =
                Json.object(
                        """
                        {"metadata": {"labels": {"app": "web"}},
                         "spec": {"containers": [{"name": "app", "image": "app:1"}]}}
                        """);
        Map<String, @Nullable Object> deployment = new LinkedHashMap<>(workload(template));
        deployment.put("kind", "Deployment");
        Map<String, @Nullable Object> pod = JsonPatch.apply(template, List.of());
        KubernetesObjects.object(pod.get("metadata"))
                .putAll(
                        Json.object(
                                """
                                {"generateName": "web-5d8c7b9f4-",
                                 "labels": {"app": "web", "pod-template-hash": "5d8c7b9f4"},
                                 "ownerReferences":
                                   [{"kind": "ReplicaSet", "name": "web-5d8c7b9f4", "controller": true}]}
                                """));
        Injection webhook =
                injector.inject(
                        new PodRequest(
                                pod,
                                "shop",
                                Map.of("outrider.dev/inject", "enabled"),
                                Map.of(),
                                Workload.of(pod),
                                ServerVersion.parse("1.34")));
        Map<String, @Nullable Object> made =
                JsonPatch.apply(pod, ((Injection.Injected) webhook).operations());

        Manifest injected =
                rewriter("1.34").inject("file", Manifest.of(Json.write(deployment))).manifest();

        assertThat(value(injected, JsonPointer.parse("/spec/template/spec")))
                .isEqualTo(made.get("spec"));
    }

    private void roundTrip(String text, JsonPointer place, String server) throws Exception {
        Manifest manifest = Manifest.of(text);
        Rewriter rewriter = rewriter(server);

        Rewrite.Outcome injected = rewriter.inject("file", manifest);

        String after = injected.manifest().text().chars();
        assertThat(value(injected.manifest(), place))
                .as(after)
                .matches(it -> Values.same(it, byTheWebhook(manifest, place, server)));
        assertThat(rewriter.inject("file", Manifest.of(after)).manifest().text().chars())
                .as("injected twice")
                .isEqualTo(after);
        Manifest restored = rewriter.uninject("file", Manifest.of(after)).manifest();
        assertThat(injected.manifest().json()).isEqualTo(manifest.json());
        if (injected.findings().stream().noneMatch(it -> it.words().contains("every byte"))) {
            assertThat(restored.text().chars()).as(after).isEqualTo(text);
        } else {
            // Only where there are no comments can there be nothing to remember bytes by.
            assertThat(manifest.json()).as(after).isTrue();
            assertThat(restored.meansTheSame(manifest)).as(after).isTrue();
        }
    }

    private Rewriter rewriter(String server) throws Exception {
        FileInjection inject =
                new FileInjection(
                        injector,
                        ServerVersion.parse(server),
                        "shop",
                        FileInjection.Who.NAMED,
                        List.of());
        return new Rewriter(inject, new FileRemoval(injector));
    }

    /** From JSON to JSON, as the API server and the webhook do it. */
    private @Nullable Object byTheWebhook(Manifest manifest, JsonPointer place, String server) {
        try {
            Map<String, @Nullable Object> document =
                    Json.object(
                            Json.write(Objects.requireNonNull(value(manifest, JsonPointer.ROOT))));
            Map<String, @Nullable Object> pod =
                    KubernetesObjects.object(KubernetesObjects.find(document, place));
            PodTemplate template =
                    KubernetesObjects.in(document).templates().stream()
                            .filter(it -> it.place().equals(place))
                            .findFirst()
                            .orElseThrow();
            Owner owner = template.owner();
            Injection injection =
                    injector.inject(
                            new PodRequest(
                                    pod,
                                    template.object().namespace().orElse("shop"),
                                    Map.of("outrider.dev/inject", "enabled"),
                                    Map.of(),
                                    owner,
                                    ServerVersion.parse(server)));
            return injection instanceof Injection.Injected(var operations, _)
                    ? JsonPatch.apply(pod, operations)
                    : pod;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object value(Manifest manifest, JsonPointer place) throws Exception {
        Node root = Objects.requireNonNull(manifest.documents().getFirst().root());
        return KubernetesObjects.find(Values.of(root), place);
    }

    private static Map<String, @Nullable Object> pod(Path file) throws Exception {
        Manifest manifest = Manifest.of(Files.readString(file));
        return KubernetesObjects.object(
                Values.of(Objects.requireNonNull(manifest.documents().get(1).root())));
    }

    private static Map<String, @Nullable Object> workload(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> template = new LinkedHashMap<>(pod);
        template.remove("apiVersion");
        template.remove("kind");
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("replicas", 2);
        spec.put("template", template);
        Map<String, @Nullable Object> workload = new LinkedHashMap<>();
        workload.put("apiVersion", "apps/v1");
        workload.put("kind", "StatefulSet");
        workload.put("metadata", Map.of("name", "web", "namespace", "shop"));
        workload.put("spec", spec);
        return workload;
    }
}
