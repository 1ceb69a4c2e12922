package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.certs.Json;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes: a reason why they are no review, or an answer with the review's own uid. What was
 * injected once is complete: a second call changes nothing.
 */
class AdmissionReviewFuzzTest {
    private static final Path CORPUS =
            Path.of("..", "injector", "src", "test", "resources", "reviews");
    private static final Map<String, String> ENABLED = Map.of("outrider.dev/inject", "enabled");
    private static final ServerVersion SERVER = new ServerVersion(1, 33);
    private static final PodInjector INJECTOR = new PodInjector(InjectionConfig.DEFAULTS);
    private static final Admission ADMISSION =
            new Admission(
                    () -> INJECTOR,
                    _ -> new Namespaces.Namespace(ENABLED, Map.of()),
                    () -> Optional.of(SERVER));

    @MethodSource("reviews")
    @FuzzTest
    void admissionReview(byte @NotNull [] bytes) {
        try {
            AdmissionReview review = AdmissionReview.read(bytes);
            Map<String, @Nullable Object> answer = Json.object(ADMISSION.answer(review).document());
            assertThat(Fields.text(answer, "response", "uid")).hasValue(review.uid());
            assertThat(Fields.map(answer, "response").get("allowed")).isInstanceOf(Boolean.class);
            if (review.object() != null && review.kind().equals("v1.Pod")) {
                complete(review.object(), review.namespace());
            }
        } catch (ReviewException e) {
            assertThat(e.status()).isBetween(400, 599);
            assertThat(e.detail()).isNotBlank().hasSizeLessThan(600);
        }
    }

    private static void complete(Map<String, @Nullable Object> pod, String namespace) {
        if (INJECTOR.inject(request(pod, namespace)) instanceof Injection.Injected first) {
            Map<String, @Nullable Object> injected = JsonPatch.apply(pod, first.operations());
            assertThat(INJECTOR.inject(request(injected, namespace)))
                    .isInstanceOfSatisfying(
                            Injection.Injected.class,
                            second -> assertThat(second.operations()).isEmpty());
        }
    }

    private static PodRequest request(Map<String, @Nullable Object> pod, String namespace) {
        return new PodRequest(pod, namespace, ENABLED, Map.of(), Workload.of(pod), SERVER);
    }

    static List<byte[]> reviews() {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.sorted().map(AdmissionReviewFuzzTest::bytes).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
