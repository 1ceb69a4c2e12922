package dev.outrider.injector.webhook;

import dev.outrider.certs.Json;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes the whole way of a review before anybody asks: the first one loads hundreds of classes,
 * which takes most of a second, and in a rollout of the injector that second would be some pod's.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int TIMES = 20;
    private static final Map<String, String> ASKS = Map.of("outrider.dev/inject", "enabled");

    private volatile boolean done;

    /** On a virtual thread; whatever comes of it, it is over then. */
    public void begin(PodInjector injector) {
        Thread.ofVirtual()
                .name("rehearsal")
                .start(() -> {
                    try {
                        for (int time = 0; time < TIMES; time++) {
                            once(injector);
                        }
                    } catch (ReviewException | RuntimeException e) {
                        LOG.error("the rehearsal of a review failed", e);
                    } finally {
                        done = true;
                    }
                });
    }

    public boolean done() {
        return done;
    }

    private static void once(PodInjector injector) throws ReviewException {
        AdmissionReview review =
                AdmissionReview.read(Json.write(review()).getBytes(StandardCharsets.UTF_8));
        Map<String, @Nullable Object> pod = Objects.requireNonNull(review.object());
        Injection injection =
                injector.inject(
                        new PodRequest(
                                pod,
                                review.namespace(),
                                ASKS,
                                Map.of(),
                                Workload.of(pod),
                                new ServerVersion(1, 33)));
        if (injection instanceof Injection.Injected(var operations, var warnings)) {
            Answers.patched(review.uid(), operations, warnings);
        }
    }

    private static Map<String, Object> review() {
        Map<String, Object> probe =
                Map.of("httpGet", Map.of("path", "/ready", "port", "http"), "periodSeconds", 5);
        Map<String, Object> container =
                Map.of(
                        "name",
                        "app",
                        "image",
                        "registry.example/app:1",
                        "ports",
                        List.of(Map.of("name", "http", "containerPort", 8080)),
                        "readinessProbe",
                        probe);
        Map<String, Object> pod =
                Map.of(
                        "metadata", Map.of("generateName", "web-", "labels", Map.of("app", "web")),
                        "spec",
                                Map.of(
                                        "serviceAccountName",
                                        "web",
                                        "containers",
                                        List.of(container)));
        return Map.of(
                "apiVersion",
                AdmissionReview.VERSION,
                "kind",
                "AdmissionReview",
                "request",
                Map.of(
                        "uid", "rehearsal",
                        "kind", Map.of("group", "", "version", "v1", "kind", "Pod"),
                        "operation", "CREATE",
                        "namespace", "rehearsal",
                        "object", pod));
    }
}
