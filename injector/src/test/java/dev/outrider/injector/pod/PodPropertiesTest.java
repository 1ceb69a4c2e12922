package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.patch.JsonPatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every pod; each case is a seed. */
final class PodPropertiesTest {
    private static final PodInjector INJECTOR =
            new PodInjector(InjectionConfig.DEFAULTS, _ -> "0".repeat(32));
    private static final int SEEDS = 200;

    /** What may change in a container of the pod's own. */
    private static final Set<String> CHANGING =
            Set.of("livenessProbe", "readinessProbe", "startupProbe", "lifecycle");

    static IntStream seeds() {
        return IntStream.range(0, SEEDS);
    }

    @Test
    void mostRandomPodsAreInjected() {
        long injected =
                seeds().filter(seed ->
                                INJECTOR.inject(new RandomPods(seed).request())
                                        instanceof Injection.Injected)
                        .count();

        assertThat(injected).isGreaterThan(SEEDS * 3L / 4);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aSecondCallChangesNothing(int seed) {
        PodRequest request = new RandomPods(seed).request();
        if (INJECTOR.inject(request) instanceof Injection.Injected injected) {
            Map<String, @Nullable Object> once =
                    JsonPatch.apply(request.pod(), injected.operations());

            assertThat(INJECTOR.inject(Others.with(request, once)))
                    .isEqualTo(new Injection.Injected(List.of(), injected.warnings()));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theRequestIsNotTouched(int seed) {
        PodRequest request = new RandomPods(seed).request();
        Object before = JsonPatch.copy(request.pod());

        INJECTOR.inject(request);

        assertThat((Object) request.pod()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsTakenOutAgainLeavesThePodAsItWas(int seed) {
        PodRequest request = new RandomPods(seed).request();
        if (INJECTOR.inject(request) instanceof Injection.Injected injected) {
            Map<String, @Nullable Object> once =
                    JsonPatch.apply(request.pod(), injected.operations());
            Injection.Injected out = (Injection.Injected) INJECTOR.uninject(once);

            assertThat(JsonPatch.apply(once, out.operations())).isEqualTo(request.pod());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingElseOfThePodChanges(int seed) {
        PodRequest plain = new RandomPods(seed).request();
        PodRequest request = Others.with(plain, withUnknownFields(plain.pod(), new Random(seed)));
        if (!(INJECTOR.inject(request) instanceof Injection.Injected injected)) {
            return;
        }
        Map<String, @Nullable Object> after = JsonPatch.apply(request.pod(), injected.operations());

        for (String key : request.pod().keySet()) {
            if (!Set.of("metadata", "spec").contains(key)) {
                assertThat(after.get(key)).isEqualTo(request.pod().get(key));
            }
        }
        Map<String, @Nullable Object> spec = Shape.object(after.get("spec"));
        Shape.object(request.pod().get("spec"))
                .forEach((key, value) -> {
                    switch (key) {
                        case "containers", "initContainers" ->
                                sameContainers(list(value), list(spec.get(key)));
                        case "volumes" -> assertThat(list(spec.get(key))).containsAll(list(value));
                        case "shareProcessNamespace" -> {
                            // A classic Job's; the golden file shows it.
                        }
                        default -> assertThat(spec.get(key)).isEqualTo(value);
                    }
                });
    }

    /**
     * Unless the first call is the last: an API server's defaults, a mirror, a mount, a variable.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatOthersDidInBetweenStays(int seed) {
        PodRequest request = new RandomPods(seed).request();
        if (!(INJECTOR.inject(request) instanceof Injection.Injected injected)) {
            return;
        }
        Map<String, @Nullable Object> once = JsonPatch.apply(request.pod(), injected.operations());
        Map<String, @Nullable Object> handled = Others.handle(once);
        Injection.Injected again =
                (Injection.Injected) INJECTOR.inject(Others.with(request, handled));
        Map<String, @Nullable Object> twice = JsonPatch.apply(handled, again.operations());

        assertThat(again.operations()).as("ours stayed").isEmpty();
        assertThat(Others.containers(twice))
                .allSatisfy(container -> {
                    assertThat(String.valueOf(container.get("image")))
                            .startsWith("mirror.example/");
                    assertThat(list(container.get("env")).toString())
                            .contains("FROM_ANOTHER_WEBHOOK");
                });
    }

    /** A webhook that comes later may bring a container with a probe of its own. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aContainerThatCameInBetweenIsTreatedLikeTheOthers(int seed) {
        PodRequest request = new RandomPods(seed).request();
        if (!(INJECTOR.inject(request) instanceof Injection.Injected injected)) {
            return;
        }
        Map<String, @Nullable Object> once = JsonPatch.apply(request.pod(), injected.operations());
        Map<String, @Nullable Object> more = Others.addContainer(once);
        Map<String, @Nullable Object> original = Others.addContainer(request.pod());
        Injection.Injected again = (Injection.Injected) INJECTOR.inject(Others.with(request, more));
        Injection.Injected atOnce =
                (Injection.Injected) INJECTOR.inject(Others.with(request, original));

        assertThat(JsonPatch.apply(more, again.operations()))
                .isEqualTo(JsonPatch.apply(original, atOnce.operations()));
    }

    /** Whatever stands anywhere: a clear answer, no exception, and nothing half done. */
    @ParameterizedTest
    @MethodSource("seeds")
    void malformedPodsGetAnAnswer(int seed) {
        PodRequest plain = new RandomPods(seed).request();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            PodRequest request = Others.with(plain, Others.spoil(plain.pod(), random));

            switch (INJECTOR.inject(request)) {
                case Injection.Refused refused ->
                        assertThat(refused.message())
                                .startsWith("outrider: ")
                                .hasSizeGreaterThan(20);
                case Injection.Skipped skipped -> assertThat(skipped.reason()).isNotBlank();
                case Injection.Injected injected -> {
                    Map<String, @Nullable Object> once =
                            JsonPatch.apply(request.pod(), injected.operations());
                    assertThat(PodInjector.versionIn(once)).contains("0.1.0");
                    assertThat(INJECTOR.inject(Others.with(request, once)))
                            .isEqualTo(new Injection.Injected(List.of(), injected.warnings()));
                }
            }
        }
    }

    /** The same where the pod carries a record already, which anybody may have written. */
    @ParameterizedTest
    @MethodSource("seeds")
    void malformedInjectedPodsGetAnAnswer(int seed) {
        PodRequest request = new RandomPods(seed).request();
        if (!(INJECTOR.inject(request) instanceof Injection.Injected injected)) {
            return;
        }
        Map<String, @Nullable Object> once = JsonPatch.apply(request.pod(), injected.operations());
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            Map<String, @Nullable Object> spoilt = Others.spoilRecord(once, random);

            assertThat(INJECTOR.inject(Others.with(request, spoilt)))
                    .isNotInstanceOf(Injection.Skipped.class);
            if (INJECTOR.uninject(spoilt) instanceof Injection.Injected out) {
                assertThat(PodInjector.versionIn(JsonPatch.apply(spoilt, out.operations())))
                        .isEmpty();
            }
        }
    }

    private static void sameContainers(
            List<@Nullable Object> before, List<@Nullable Object> after) {
        List<Map<String, @Nullable Object>> own = new ArrayList<>();
        for (Object each : after) {
            Map<String, @Nullable Object> container = Shape.object(each);
            if (!String.valueOf(container.get("name")).startsWith("outrider")) {
                own.add(container);
            }
        }
        assertThat(own).hasSameSizeAs(before);
        for (int index = 0; index < before.size(); index++) {
            Map<String, @Nullable Object> now = own.get(index);
            Shape.object(before.get(index))
                    .forEach((key, value) -> {
                        if (!CHANGING.contains(key)) {
                            assertThat(now.get(key)).isEqualTo(value);
                        }
                    });
            Set<String> keys = new HashSet<>(now.keySet());
            if (!Shape.object(before.get(index)).containsKey("lifecycle")) {
                keys.remove("lifecycle"); // a classic Job's; the golden file shows it
            }
            assertThat(keys).isEqualTo(Shape.object(before.get(index)).keySet());
        }
    }

    private static Map<String, @Nullable Object> withUnknownFields(
            Map<String, @Nullable Object> pod, Random random) {
        Map<String, @Nullable Object> changed =
                Shape.object(Objects.requireNonNull(JsonPatch.copy(pod)));
        changed.put("unknown", Fields.of("a", List.of(1, 2.5, true)));
        Shape.object(changed.get("spec")).put("futureField", random.nextInt(5));
        for (Map<String, @Nullable Object> container : Others.containers(changed)) {
            container.put("futureField", Fields.of("name", "outrider"));
        }
        return changed;
    }

    @SuppressWarnings("unchecked") // lists of a pod hold JSON
    private static List<@Nullable Object> list(@Nullable Object json) {
        return json == null ? List.of() : (List<@Nullable Object>) json;
    }
}
