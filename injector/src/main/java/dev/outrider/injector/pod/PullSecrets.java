package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Secrets of the pod's namespace with which the kubelet may fetch the proxy's image. */
record PullSecrets(List<String> names) {
    private static final String LIST = "imagePullSecrets";

    /** Those that the pod does not name itself. */
    void add(Node spec, InjectionRecord record) throws Unfit {
        if (names.isEmpty()) {
            return;
        }
        Set<String> there = new HashSet<>();
        for (Node secret : spec.nodes(LIST)) {
            secret.text("name").ifPresent(there::add);
        }
        List<String> missing = names.stream().filter(there::add).toList();
        if (missing.isEmpty()) {
            return;
        }
        record.pullSecrets(missing);
        List<@Nullable Object> secrets = spec.list(LIST);
        missing.forEach(name -> secrets.add(Fields.of("name", name)));
    }

    /** Takes out again what was added. */
    static void remove(Node spec, InjectionRecord record) throws Unfit {
        List<String> added = record.pullSecrets();
        if (added.isEmpty() || !spec.has(LIST)) {
            return;
        }
        List<Node> nodes = spec.nodes(LIST);
        List<@Nullable Object> kept = new ArrayList<>();
        for (int index = 0; index < nodes.size(); index++) {
            if (!added.contains(nodes.get(index).text("name").orElse(""))) {
                kept.add(spec.list(LIST).get(index));
            }
        }
        if (kept.isEmpty()) {
            spec.remove(LIST);
        } else {
            spec.put(LIST, kept);
        }
    }
}
