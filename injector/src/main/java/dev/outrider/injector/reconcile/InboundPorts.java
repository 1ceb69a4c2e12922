package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.capture.PortSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of a pod's ports lead to its sidecar, as its init container was told. Pure. */
record InboundPorts(PortSet included, PortSet excluded) {
    private static final String INIT = "outrider-init";
    private static final String INCLUDE = "--include-inbound-ports";
    private static final String EXCLUDE = "--exclude-inbound-ports";

    /** All of them when it was told nothing; empty when it was told what nobody understands. */
    static Optional<InboundPorts> of(Map<String, @Nullable Object> pod) {
        for (Object container : Fields.list(pod, "spec", "initContainers")) {
            if (Fields.text(container, "name").orElse("").equals(INIT)) {
                List<String> words = new ArrayList<>();
                Fields.list(container, "command").forEach(word -> words.add(String.valueOf(word)));
                Fields.list(container, "args").forEach(word -> words.add(String.valueOf(word)));
                try {
                    return Optional.of(
                            new InboundPorts(
                                    PortSet.parse(option(words, INCLUDE)),
                                    PortSet.parse(option(words, EXCLUDE))));
                } catch (IllegalArgumentException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    boolean lead(int port) {
        return !excluded.contains(port) && (included.isEmpty() || included.contains(port));
    }

    /** Written with = or as the next word. */
    private static String option(List<String> words, String name) {
        for (int index = 0; index < words.size(); index++) {
            String word = words.get(index);
            if (word.startsWith(name + "=")) {
                return word.substring(name.length() + 1);
            }
            if (word.equals(name) && index + 1 < words.size()) {
                return words.get(index + 1);
            }
        }
        return "";
    }
}
