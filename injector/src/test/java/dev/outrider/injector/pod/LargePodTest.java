package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.Json;
import dev.outrider.injector.patch.JsonPatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pods as large as the API server lets them be: 3 MB is the limit of a request. */
final class LargePodTest {
    private static final PodInjector INJECTOR = new PodInjector(InjectionConfig.DEFAULTS);

    @Test
    void aThreeMegabytePodGetsASmallPatch() {
        List<Object> env = new ArrayList<>();
        IntStream.range(0, 32_000)
                .forEach(index ->
                        env.add(Fields.of("name", "VARIABLE_" + index, "value", "x".repeat(60))));
        Map<String, @Nullable Object> pod =
                pod(List.of(Fields.of("name", "web", "image", "web", "env", env)));
        assertThat(Json.write(pod).length()).isGreaterThan(3_000_000);

        Injection.Injected injected = (Injection.Injected) INJECTOR.inject(request(pod));

        String patch = Json.write(injected.operations().stream().map(each -> each.json()).toList());
        assertThat(patch.length()).isLessThan(20_000);
        assertThat(patch).doesNotContain("VARIABLE_");
    }

    /** Lists whose elements are compared with each other must not make the answer slow. */
    @Test
    void manyContainersAndVolumesAreNoTrouble() {
        List<Object> containers = new ArrayList<>();
        IntStream.range(0, 2_000)
                .forEach(index ->
                        containers.add(
                                Fields.of(
                                        "name",
                                        "c" + index,
                                        "image",
                                        "web",
                                        "livenessProbe",
                                        Fields.of("tcpSocket", Fields.of("port", 8080)))));
        PodRequest request = request(pod(containers));

        Injection.Injected injected = (Injection.Injected) INJECTOR.inject(request);
        Map<String, @Nullable Object> after = JsonPatch.apply(request.pod(), injected.operations());

        assertThat(INJECTOR.inject(request(after)))
                .isEqualTo(new Injection.Injected(List.of(), List.of()));
    }

    private static Map<String, @Nullable Object> pod(List<Object> containers) {
        return Fields.of(
                "metadata", Fields.of("name", "web"), "spec", Fields.of("containers", containers));
    }

    private static PodRequest request(Map<String, @Nullable Object> pod) {
        return new PodRequest(
                pod,
                "shop",
                Map.of("outrider.dev/inject", "enabled"),
                Map.of(),
                Workload.of(pod),
                new ServerVersion(1, 34));
    }
}
