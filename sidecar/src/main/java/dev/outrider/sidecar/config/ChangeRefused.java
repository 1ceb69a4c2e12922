package dev.outrider.sidecar.config;

import java.util.List;

/** A valid configuration that cannot take the place of the one in force; what was stays. */
public final class ChangeRefused extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Never empty; not part of a serialized form, which nobody asks for. */
    private final transient List<ConfigError> errors;

    public ChangeRefused(List<ConfigError> errors) {
        super(errors.getFirst().toString());
        this.errors = List.copyOf(errors);
    }

    public List<ConfigError> errors() {
        return errors;
    }
}
