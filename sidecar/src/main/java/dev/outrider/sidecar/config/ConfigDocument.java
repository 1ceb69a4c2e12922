package dev.outrider.sidecar.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A configuration after one reading of its layers. */
public sealed interface ConfigDocument<T> {
    /** What was read to get here. */
    Inputs inputs();

    /** It is valid; {@code text} is what stood in it. */
    record Loaded<T>(T config, ConfigText text, Inputs inputs) implements ConfigDocument<T> {}

    /** It is refused; {@code errors} is never empty. */
    record Invalid<T>(List<ConfigError> errors, Inputs inputs) implements ConfigDocument<T> {
        public Invalid {
            errors = List.copyOf(errors);
        }
    }

    /**
     * Its files, also those that may be missing and are, and those they take in with {@code
     * ${file:…}}, and the SHA-256 of their contents and of what the command line sets. Variables of
     * the environment are not part of it: they cannot change while the process lives.
     */
    record Inputs(Set<Path> files, String hash) {
        public Inputs {
            files = Set.copyOf(files);
        }
    }
}
