package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.patch.JsonPatch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that come with a sidecar already, from a file, an earlier call or a careless hand. */
final class ReinjectionTest {
    private static final PodInjector INJECTOR = new PodInjector(InjectionConfig.DEFAULTS);

    static List<Shape> injected() {
        return Shape.all().stream()
                .filter(shape ->
                        new PodInjector(shape.config()).inject(shape.request())
                                instanceof Injection.Injected)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("injected")
    void anotherVersionIsReplaced(Shape shape) {
        PodInjector injector = new PodInjector(shape.config(), _ -> "0".repeat(32));
        Map<String, @Nullable Object> fresh = apply(injector, shape.request());
        Map<String, @Nullable Object> older =
                renamed(fresh, "\"version\":\"0.1.0\"", "\"version\":\"0.0.9\"");
        assertThat(PodInjector.versionIn(older)).contains("0.0.9");
        for (Map<String, @Nullable Object> container : Others.containers(older)) {
            if (String.valueOf(container.get("name")).startsWith("outrider")) {
                container.put("image", "ghcr.io/outrider/outrider:0.0.9");
                container.put("env", List.of(Fields.of("name", "OLD", "value", "1")));
            }
        }

        assertThat(apply(injector, Others.with(shape.request(), older))).isEqualTo(fresh);
    }

    @ParameterizedTest
    @MethodSource("injected")
    void theSameVersionTwiceChangesNothing(Shape shape) {
        PodInjector injector = new PodInjector(shape.config());
        Map<String, @Nullable Object> once = apply(injector, shape.request());

        assertThat(
                        ((Injection.Injected) injector.inject(Others.with(shape.request(), once)))
                                .operations())
                .isEmpty();
    }

    /** The record is only a claim: without its containers the pod is like any other. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":\"0.1.0\",\"containers\":[\"outrider\",\"outrider-init\"]}",
                "{\"version\":\"9\"}",
                "{}",
                "{\"containers\":1,\"volumes\":{},\"probes\":[],\"annotations\":null}"
            })
    void aRecordWithoutASidecarKeepsNobodyOut(String record) {
        PodRequest request = Shape.named("deployment").request();
        Map<String, @Nullable Object> claiming = Shape.object(JsonPatch.copy(request.pod()));
        Shape.object(claiming.get("metadata"))
                .put("annotations", Fields.of(InjectionRecord.ANNOTATION, record));

        switch (INJECTOR.inject(Others.with(request, claiming))) {
            case Injection.Injected injected ->
                    assertThat(JsonPatch.apply(claiming, injected.operations()))
                            .isEqualTo(apply(INJECTOR, request));
            case Injection.Refused refused -> assertThat(refused.message()).contains("must be");
            case Injection.Skipped skipped -> throw new AssertionError(skipped);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "[]", "{\"a\":1,\"a\":2}"})
    void aRecordThatIsNoneIsRefused(String record) {
        PodRequest request = Shape.named("deployment").request();
        Map<String, @Nullable Object> claiming = Shape.object(JsonPatch.copy(request.pod()));
        Shape.object(claiming.get("metadata"))
                .put("annotations", Fields.of(InjectionRecord.ANNOTATION, record));

        assertThat(INJECTOR.inject(Others.with(request, claiming)))
                .isInstanceOfSatisfying(
                        Injection.Refused.class,
                        refused ->
                                assertThat(refused.message())
                                        .contains(InjectionRecord.ANNOTATION, "take it away"));
    }

    /** Another webhook's init container must not run before the rules, nor its main one first. */
    @ParameterizedTest
    @ValueSource(strings = {"deployment", "deployment-classic"})
    void oursComeFirstAgain(String name) {
        PodRequest request = Shape.named(name).request();
        Map<String, @Nullable Object> once = apply(INJECTOR, request);
        Map<String, @Nullable Object> twice =
                apply(INJECTOR, Others.with(request, Others.prependContainers(once)));

        List<String> names =
                Others.containers(twice).stream()
                        .map(container -> String.valueOf(container.get("name")))
                        .toList();
        assertThat(names)
                .isEqualTo(
                        name.equals("deployment")
                                ? List.of(
                                        "outrider-init", "outrider", "intruder", "other", "orders")
                                : List.of(
                                        "intruder",
                                        "migrate",
                                        "outrider-init",
                                        "outrider",
                                        "other",
                                        "web",
                                        "logs"));
    }

    private static Map<String, @Nullable Object> renamed(
            Map<String, @Nullable Object> pod, String from, String to) {
        Map<String, @Nullable Object> changed = Shape.object(JsonPatch.copy(pod));
        Map<String, @Nullable Object> annotations =
                Shape.object(Shape.object(changed.get("metadata")).get("annotations"));
        String record = String.valueOf(annotations.get(InjectionRecord.ANNOTATION));
        annotations.put(InjectionRecord.ANNOTATION, record.replace(from, to));
        return changed;
    }

    private static Map<String, @Nullable Object> apply(PodInjector injector, PodRequest request) {
        return JsonPatch.apply(
                request.pod(), ((Injection.Injected) injector.inject(request)).operations());
    }
}
