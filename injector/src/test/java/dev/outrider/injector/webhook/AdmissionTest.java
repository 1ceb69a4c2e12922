package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.Json;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.Reviews;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.JsonPointer;
import dev.outrider.injector.patch.PatchOperation;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.Owner;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import dev.outrider.injector.webhook.Admission.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final Namespaces ENABLED = named(Map.of("outrider.dev/inject", "enabled"));
    private static final Namespaces PLAIN = named(Map.of());

    @ParameterizedTest
    @ValueSource(strings = {"deployment", "statefulset", "daemonset", "job", "cronjob", "rollout"})
    void aPodOfAnOptedInNamespaceGetsItsPatch(String name) throws Exception {
        Map<String, @Nullable Object> response = response(ENABLED, name);

        assertThat(response.get("uid")).isEqualTo(uid(name));
        assertThat(response.get("allowed")).isEqualTo(true);
        assertThat(response.get("patchType")).isEqualTo("JSONPatch");
        List<@Nullable Object> steps = patch(response);
        assertThat(steps).isNotEmpty();
        assertThat(steps)
                .allSatisfy(step ->
                        assertThat(Fields.text(step, "op").orElse(""))
                                .isIn("add", "replace", "remove"));
        assertThat(steps.toString()).contains("outrider-init");
    }

    @Test
    void aDryRunIsAnsweredAsTheRealThing() throws Exception {
        assertThat(response(ENABLED, "bare-dry-run")).containsKey("patch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"opted-out", "host-network", "update", "ephemeral-containers", "delete"})
    void whatIsToBeLeftAloneIsAllowedUnchanged(String name) throws Exception {
        Map<String, @Nullable Object> response = response(ENABLED, name);

        assertThat(response.get("uid")).isEqualTo(uid(name));
        assertThat(response.get("allowed")).isEqualTo(true);
        assertThat(response).doesNotContainKeys("patch", "patchType", "status");
    }

    @Test
    void aKindThatIsNoPodIsAllowedWithAWarning() throws Exception {
        Map<String, @Nullable Object> response = response(ENABLED, "not-a-pod");

        assertThat(response.get("allowed")).isEqualTo(true);
        assertThat(String.valueOf(response.get("warnings"))).contains("apps/v1.Deployment");
    }

    @Test
    void anOptedInPodThatCannotHaveASidecarIsDeniedWithTheReason() throws Exception {
        Map<String, @Nullable Object> response = response(ENABLED, "conflicting");

        assertThat(response.get("allowed")).isEqualTo(false);
        assertThat(Fields.number(response, "status", "code")).contains(422L);
        assertThat(Fields.text(response, "status", "message").orElse(""))
                .contains("outrider.dev/inject", "disagree");
    }

    /** Nobody asked for a sidecar but the pod itself, with a word that nobody understands. */
    @Test
    void aPodOfAnybodyElseIsNeverDenied() throws Exception {
        String review =
                Reviews.text("opted-out")
                        .replace(
                                "\"outrider.dev/inject\": \"false\"",
                                "\"outrider.dev/inject\": \"maybe\"");
        Map<String, @Nullable Object> response = answer(PLAIN, review);

        assertThat(response.get("allowed")).isEqualTo(true);
        assertThat(response).doesNotContainKey("patch");
        assertThat(String.valueOf(response.get("warnings"))).contains("maybe");
    }

    @Test
    void aSecondCallFindsAllDone() throws Exception {
        Map<String, @Nullable Object> review = Reviews.json("deployment");
        Map<String, @Nullable Object> request = Fields.map(review, "request");
        List<@Nullable Object> steps = patch(response(ENABLED, "deployment"));
        Map<String, @Nullable Object> injected =
                JsonPatch.apply(
                        Fields.map(request, "object"),
                        steps.stream().map(AdmissionTest::operation).toList());
        request.put("object", injected);
        review.put("request", request);
        Map<String, @Nullable Object> again = answer(ENABLED, Json.write(review));

        assertThat(again.get("allowed")).isEqualTo(true);
        assertThat(again).doesNotContainKeys("patch", "patchType");
    }

    @Test
    void whatIsNotKnownJustNowIsLeftToTheFailurePolicy() {
        Namespaces away =
                _ -> {
                    throw new IOException("the API server is away");
                };
        assertThatThrownBy(() -> response(away, "deployment"))
                .isInstanceOf(ReviewException.class)
                .hasMessageContaining("'shop' cannot be read just now, try again: the API server")
                .extracting(e -> ((ReviewException) e).status())
                .isEqualTo(503);
        Admission young =
                new Admission(
                        () -> new PodInjector(InjectionConfig.DEFAULTS), ENABLED, Optional::empty);
        assertThatThrownBy(() -> young.answer(read(Reviews.text("deployment"))))
                .isInstanceOf(ReviewException.class)
                .hasMessageContaining("version is not known yet");
    }

    @Test
    void aCreationWithoutAPodIsMalformed() {
        String review =
                Reviews.text("delete")
                        .replace("\"operation\": \"DELETE\"", "\"operation\": \"CREATE\"");
        assertThatThrownBy(() -> answer(ENABLED, review))
                .isInstanceOf(ReviewException.class)
                .hasMessageContaining("no pod to change");
    }

    @ParameterizedTest
    @CsvSource({
        "deployment, Deployment, web",
        "statefulset, StatefulSet, orders",
        "daemonset, DaemonSet, agent",
        "job, Job, migrate",
        "cronjob, CronJob, report",
        "rollout, Rollout, canary",
        "bare-dry-run, Pod, debug"
    })
    void theWorkloadIsFoundInThePod(String name, String kind, String workload) {
        Map<String, @Nullable Object> pod = Fields.map(Reviews.json(name), "request", "object");
        assertThat(Workload.of(pod)).isEqualTo(new Owner(kind, workload));
    }

    private static Map<String, @Nullable Object> response(Namespaces namespaces, String name)
            throws ReviewException {
        return answer(namespaces, Reviews.text(name));
    }

    private static Map<String, @Nullable Object> answer(Namespaces namespaces, String review)
            throws ReviewException {
        Admission admission =
                new Admission(
                        () -> new PodInjector(InjectionConfig.DEFAULTS),
                        namespaces,
                        () -> Optional.of(new ServerVersion(1, 33)));
        Admission.Answer answer = admission.answer(read(review));
        Map<String, @Nullable Object> document = Json.object(answer.document());
        assertThat(document.get("apiVersion")).isEqualTo("admission.k8s.io/v1");
        assertThat(document.get("kind")).isEqualTo("AdmissionReview");
        Map<String, @Nullable Object> response = Fields.map(document, "response");
        assertThat(response.containsKey("patch") && answer.result() != Result.INJECTED).isFalse();
        return response;
    }

    private static String uid(String name) {
        return Fields.text(Reviews.json(name), "request", "uid").orElseThrow();
    }

    private static List<@Nullable Object> patch(Map<String, @Nullable Object> response) {
        byte[] patch = Base64.getDecoder().decode(Fields.text(response, "patch").orElseThrow());
        String wrapped = "{\"steps\":" + new String(patch, StandardCharsets.UTF_8) + "}";
        return Fields.list(Json.object(wrapped), "steps");
    }

    private static PatchOperation operation(@Nullable Object step) {
        JsonPointer path = JsonPointer.parse(Fields.text(step, "path").orElseThrow());
        Object value = Fields.map(step).get("value");
        return switch (Fields.text(step, "op").orElseThrow()) {
            case "add" -> new PatchOperation.Add(path, value);
            case "replace" -> new PatchOperation.Replace(path, value);
            default -> new PatchOperation.Remove(path);
        };
    }

    private static AdmissionReview read(String text) throws ReviewException {
        return AdmissionReview.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Namespaces named(Map<String, String> labels) {
        return _ -> new Namespaces.Namespace(labels, Map.of());
    }
}
