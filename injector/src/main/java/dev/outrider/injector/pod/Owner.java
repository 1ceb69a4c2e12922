package dev.outrider.injector.pod;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The workload that a pod belongs to; a bare pod is its own. */
public record Owner(String kind, String name) {
    /** A CronJob names its jobs after itself and the minute. */
    private static final Pattern OF_CRON_JOB = Pattern.compile("(.+)-[0-9]{8,10}");

    /**
     * As the pod's controller says. The two that stand between a pod and what its author wrote are
     * looked through by their names, since asking for them would cost each pod's start a call.
     */
    public static Owner of(Map<String, @Nullable Object> pod) {
        try {
            Node metadata = Node.root(pod).find("metadata").orElse(Node.root(Map.of()));
            for (Node reference : metadata.nodes("ownerReferences")) {
                if (reference.flag("controller")) {
                    return of(
                            reference.text("kind").orElse(""),
                            reference.name(),
                            metadata.texts("labels"));
                }
            }
            Optional<String> name = metadata.text("name").filter(text -> !text.isEmpty());
            return new Owner(
                    "Pod",
                    name.orElse(metadata.text("generateName").orElse("").replaceFirst("-+$", "")));
        } catch (Unfit e) {
            // The injection says what is wrong with it.
            return new Owner("Pod", "");
        }
    }

    private static Owner of(String kind, String name, Map<String, String> labels) {
        if (kind.equals("ReplicaSet")) {
            return behindReplicaSet(name, labels).orElseGet(() -> new Owner(kind, name));
        }
        Matcher job = OF_CRON_JOB.matcher(name);
        return kind.equals("Job") && job.matches()
                ? new Owner("CronJob", job.group(1))
                : new Owner(kind, name);
    }

    private static Optional<Owner> behindReplicaSet(String name, Map<String, String> labels) {
        for (Map.Entry<String, String> hash :
                Map.of("Deployment", "pod-template-hash", "Rollout", "rollouts-pod-template-hash")
                        .entrySet()) {
            String suffix = "-" + labels.get(hash.getValue());
            if (name.endsWith(suffix) && name.length() > suffix.length()) {
                return Optional.of(
                        new Owner(
                                hash.getKey(), name.substring(0, name.length() - suffix.length())));
            }
        }
        return Optional.empty();
    }
}
