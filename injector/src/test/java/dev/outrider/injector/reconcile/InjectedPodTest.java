package dev.outrider.injector.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.Reviews;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the controllers see in a pod is what the injection made of it. */
class InjectedPodTest {
    private static final InjectionConfig CONFIG = InjectionConfig.DEFAULTS;
    private static final PodInjector INJECTOR = new PodInjector(CONFIG);
    private static final NamespaceBook.Facts SHOP =
            new NamespaceBook.Facts(Map.of("outrider.dev/inject", "enabled"), Map.of());

    /** With a native sidecar, and with a classic one. */
    @ParameterizedTest
    @ValueSource(ints = {28, 29})
    void aSidecarItsVersionAndItsPortsAreFoundAgain(int minor) {
        Map<String, @Nullable Object> pod = pod(Map.of("outrider.dev/skip-inbound-ports", "http"));
        PodFacts before = facts(pod);
        assertThat(Coverage.state(before, CONFIG.version())).isEqualTo(Coverage.State.MISSING);

        PodFacts after = facts(injected(pod, minor));

        assertThat(Coverage.state(after, CONFIG.version())).isEqualTo(Coverage.State.MESHED);
        assertThat(Coverage.state(after, "9.9.9")).isEqualTo(Coverage.State.OUTDATED);
        assertThat(after.wish()).isEqualTo(PodFacts.Wish.YES);
        InboundPorts ports = after.inbound().orElseThrow();
        assertThat(ports.lead(8080)).as("the port named http").isFalse();
        assertThat(ports.lead(9000)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "none", "9000-9100"})
    void whatIsIncludedIsFoundAgain(String included) {
        Map<String, @Nullable Object> pod =
                pod(Map.of("outrider.dev/include-inbound-ports", included));
        InboundPorts ports = facts(injected(pod, 33)).inbound().orElseThrow();

        assertThat(ports.lead(8080)).isEqualTo(included.equals("all"));
        assertThat(ports.lead(9050)).isEqualTo(!included.equals("none"));
    }

    private static PodFacts facts(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> trimmed = PodFacts.trimmed(pod);
        return PodFacts.of(trimmed, Wishes.of(trimmed, "shop", SHOP, INJECTOR));
    }

    private static Map<String, @Nullable Object> injected(
            Map<String, @Nullable Object> pod, int minor) {
        PodRequest request =
                new PodRequest(
                        pod,
                        "shop",
                        SHOP.labels(),
                        Map.of(),
                        Workload.of(pod),
                        new ServerVersion(1, minor));
        if (INJECTOR.inject(request) instanceof Injection.Injected done) {
            return JsonPatch.apply(pod, done.operations());
        }
        throw new AssertionError("not injected");
    }

    private static Map<String, @Nullable Object> pod(Map<String, String> annotations) {
        Map<String, @Nullable Object> pod =
                new LinkedHashMap<>(Fields.map(Reviews.json("deployment"), "request", "object"));
        Map<String, @Nullable Object> metadata = Fields.map(pod, "metadata");
        metadata.put("name", "web-7c9d8f6b5d-x");
        metadata.put("namespace", "shop");
        metadata.put("annotations", annotations);
        pod.put("metadata", metadata);
        return pod;
    }
}
