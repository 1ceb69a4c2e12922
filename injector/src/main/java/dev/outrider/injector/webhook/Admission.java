package dev.outrider.injector.webhook;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.Owner;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a review to its answer, without any effect: a dry run is answered as the real thing is. Any
 * thread.
 */
public final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final String OPT_IN = "outrider.dev/inject";
    private static final Set<String> YES = Set.of("enabled", "true");

    private final Supplier<PodInjector> injector;
    private final Namespaces namespaces;
    private final Supplier<Optional<ServerVersion>> server;

    /** What was answered, for the figures. */
    enum Result {
        INJECTED,
        /** It has all that it should have: a second call, after other webhooks. */
        UNCHANGED,
        SKIPPED,
        REFUSED
    }

    /** The document, and what it says. */
    record Answer(Result result, String document) {}

    /**
     * @param injector asked for each review, so that a changed configuration holds from the next on
     */
    public Admission(
            Supplier<PodInjector> injector,
            Namespaces namespaces,
            Supplier<Optional<ServerVersion>> server) {
        this.injector = injector;
        this.namespaces = namespaces;
        this.server = server;
    }

    Answer answer(AdmissionReview review) throws ReviewException {
        if (!review.kind().equals("v1.Pod") || !review.subResource().isEmpty()) {
            String what =
                    review.kind()
                            + (review.subResource().isEmpty() ? "" : "/" + review.subResource());
            return skipped(
                    review,
                    List.of(
                            "outrider: only pods are injected, the webhook's rules also send "
                                    + what));
        }
        if (!review.operation().equals("CREATE")) {
            return skipped(review, List.of()); // containers are fixed once a pod is there
        }
        Map<String, @Nullable Object> pod = review.object();
        if (pod == null) {
            throw ReviewException.malformed("request.object is missing: there is no pod to change");
        }
        if (review.namespace().isEmpty()) {
            throw ReviewException.malformed("request.namespace is missing; a pod is made in one");
        }
        return answer(review, pod);
    }

    private Answer answer(AdmissionReview review, Map<String, @Nullable Object> pod)
            throws ReviewException {
        Namespaces.Namespace namespace = namespace(review.namespace());
        Owner owner = Workload.of(pod);
        PodRequest request =
                new PodRequest(
                        pod,
                        review.namespace(),
                        namespace.labels(),
                        namespace.annotations(),
                        owner,
                        version());
        Injection injection = injector.get().inject(request);
        String whose = review.namespace() + "/" + Workload.podName(pod) + " of " + owner.kind();
        String dry = review.dryRun() ? ", dry run" : "";
        return switch (injection) {
            case Injection.Injected(var operations, var warnings) -> {
                LOG.info("{}{}: injected, {} steps", whose, dry, operations.size());
                yield new Answer(
                        operations.isEmpty() ? Result.UNCHANGED : Result.INJECTED,
                        Answers.patched(review.uid(), operations, warnings));
            }
            case Injection.Skipped(String reason) -> {
                LOG.debug("{}{}: left alone: {}", whose, dry, reason);
                yield skipped(review, List.of());
            }
            case Injection.Refused(String message) -> {
                LOG.warn("{}{}: refused: {}", whose, dry, message);
                yield refused(review, optedIn(namespace, pod), message);
            }
        };
    }

    /** Nobody who did not ask for a sidecar may be kept from having a pod. */
    private static Answer refused(AdmissionReview review, boolean optedIn, String message) {
        return new Answer(
                Result.REFUSED,
                optedIn
                        ? Answers.denied(review.uid(), 422, "Invalid", message)
                        : Answers.allowed(
                                review.uid(),
                                List.of(
                                        message.startsWith("outrider: ")
                                                ? message
                                                : "outrider: " + message)));
    }

    private static boolean optedIn(
            Namespaces.Namespace namespace, Map<String, @Nullable Object> pod) {
        return Stream.of(namespace.labels(), Fields.labels(pod), Fields.annotations(pod))
                .map(words -> words.get(OPT_IN))
                .anyMatch(word -> word != null && YES.contains(word.toLowerCase(Locale.ROOT)));
    }

    private static Answer skipped(AdmissionReview review, List<String> warnings) {
        return new Answer(Result.SKIPPED, Answers.allowed(review.uid(), warnings));
    }

    private Namespaces.Namespace namespace(String name) throws ReviewException {
        try {
            return namespaces.named(name);
        } catch (IOException e) {
            throw ReviewException.unavailable(
                    "the labels of namespace '"
                            + name
                            + "' cannot be read just now, try again: "
                            + e.getMessage());
        }
    }

    private ServerVersion version() throws ReviewException {
        return server.get()
                .orElseThrow(() ->
                        ReviewException.unavailable(
                                "the API server's version is not known yet, try again"));
    }
}
