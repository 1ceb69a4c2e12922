package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.certs.Json;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.PatchOperation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** Any object for a pod: an answer; and what was put in is found again, and can be taken out. */
class PodFuzzTest {
    private static final PodInjector INJECTOR = new PodInjector(InjectionConfig.DEFAULTS);

    private static final String SMALL =
            """
            {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}}
            """;
    private static final String LARGE =
            """
            {"metadata": {"generateName": "web-", "labels": {"app": "web"}, "annotations": {
                "prometheus.io/scrape": "true", "prometheus.io/port": "9090",
                "outrider.dev/skip-inbound-ports": "22,http", "outrider.dev/protocols": "80=http",
                "outrider.dev/include-subnets": "10.0.0.0/8", "outrider.dev/cpu-limit": "1",
                "config.linkerd.io/opaque-ports": "6000-6002", "outrider.dev/config": "a: {b: 1}"}},
             "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 9,
                "initContainers": [{"name": "own", "restartPolicy": "Always",
                    "startupProbe": {"grpc": {"port": 9000, "service": "s"}}}],
                "containers": [{"name": "web", "ports": [{"name": "http", "containerPort": 8080}],
                    "livenessProbe": {"httpGet": {"port": "http", "path": "/${a}$(b)",
                        "httpHeaders": [{"name": "Host", "value": "x"}]}, "timeoutSeconds": 3},
                    "readinessProbe": {"tcpSocket": {"port": 8080}},
                    "lifecycle": {"preStop": {"httpGet": {"port": 8080}}}}],
                "volumes": [{"name": "data", "emptyDir": {}}]}}
            """;

    static List<byte[]> seeds() {
        return Stream.of(SMALL, LARGE, injected(SMALL), injected(LARGE))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static String injected(String pod) {
        PodRequest request = request(Json.object(pod));
        return Json.write(
                JsonPatch.apply(
                        request.pod(),
                        ((Injection.Injected) INJECTOR.inject(request)).operations()));
    }

    @MethodSource("seeds")
    @FuzzTest
    void pod(byte[] bytes) {
        Map<String, @Nullable Object> pod;
        try {
            pod = Json.object(bytes);
        } catch (IllegalArgumentException e) {
            return;
        }
        switch (INJECTOR.inject(request(pod))) {
            case Injection.Refused refused -> assertThat(refused.message()).isNotBlank();
            case Injection.Skipped skipped -> assertThat(skipped.reason()).isNotBlank();
            case Injection.Injected injected -> {
                Map<String, @Nullable Object> once = JsonPatch.apply(pod, injected.operations());
                assertThat(steps(once)).isEmpty();

                // What others had done to an earlier sidecar is gone with it; from there on in and
                // out are each other's reverse.
                Map<String, @Nullable Object> out = inAndOut(taken(once));
                assertThat(inAndOut(out)).isEqualTo(out);
            }
        }
    }

    private static Map<String, @Nullable Object> inAndOut(Map<String, @Nullable Object> pod) {
        return taken(JsonPatch.apply(pod, steps(pod)));
    }

    private static Map<String, @Nullable Object> taken(Map<String, @Nullable Object> pod) {
        return JsonPatch.apply(pod, ((Injection.Injected) INJECTOR.uninject(pod)).operations());
    }

    private static List<PatchOperation> steps(Map<String, @Nullable Object> pod) {
        return ((Injection.Injected) INJECTOR.inject(request(pod))).operations();
    }

    private static PodRequest request(Map<String, @Nullable Object> pod) {
        return new PodRequest(
                pod,
                "shop",
                Map.of("outrider.dev/inject", "enabled"),
                Map.of(),
                new Owner("Pod", "web"),
                new ServerVersion(1, 34));
    }
}
