package dev.outrider.injector.pod;

import dev.outrider.injector.patch.PatchOperation;
import java.util.List;

/** What is to be done with a pod. */
public sealed interface Injection {
    /** It stays as it is; the reason is for people. */
    record Skipped(String reason) implements Injection {}

    /** It is changed by these steps; none when all is there already. */
    record Injected(List<PatchOperation> operations, List<String> warnings) implements Injection {
        public Injected {
            operations = List.copyOf(operations);
            warnings = List.copyOf(warnings);
        }
    }

    /** It must not be made like this; the message says what is wrong and what would mend it. */
    record Refused(String message) implements Injection {}
}
