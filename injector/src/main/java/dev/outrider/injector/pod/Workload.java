package dev.outrider.injector.pod;

import dev.outrider.certs.kubernetes.Fields;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whose pod it is, from what the pod itself says: its owner is not asked for. Pure. */
public final class Workload {
    /** What a Deployment, or an Argo Rollout, adds to the names of its ReplicaSets. */
    private static final List<String> HASHES =
            List.of("pod-template-hash", "rollouts-pod-template-hash");

    /** A CronJob names its Jobs by the minute (or, before 1.21, the second) of their schedule. */
    private static final Pattern SCHEDULED = Pattern.compile("(.+)-[0-9]{8,10}");

    private Workload() {}

    public static Owner of(Map<String, @Nullable Object> pod) {
        for (Object reference : Fields.list(pod, "metadata", "ownerReferences")) {
            if (Fields.flag(reference, "controller")) {
                String kind = Fields.text(reference, "kind").orElse("");
                String name = Fields.text(reference, "name").orElse("");
                return above(kind, name, Fields.labels(pod));
            }
        }
        return new Owner("Pod", podName(pod));
    }

    /** A pod that is to be named by the API server is known by the part that is given. */
    public static String podName(Map<String, @Nullable Object> pod) {
        String name = Fields.name(pod);
        if (!name.isEmpty()) {
            return name;
        }
        String prefix = Fields.text(pod, "metadata", "generateName").orElse("");
        return prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    private static Owner above(String kind, String name, Map<String, String> labels) {
        if (kind.equals("ReplicaSet")) {
            for (String label : HASHES) {
                String hash = labels.get(label);
                if (hash != null && name.endsWith("-" + hash)) {
                    String above = name.substring(0, name.length() - hash.length() - 1);
                    return new Owner(
                            label.equals(HASHES.getFirst()) ? "Deployment" : "Rollout", above);
                }
            }
        }
        Matcher scheduled = SCHEDULED.matcher(name);
        return kind.equals("Job") && scheduled.matches()
                ? new Owner("CronJob", scheduled.group(1))
                : new Owner(kind, name);
    }
}
