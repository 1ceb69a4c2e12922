package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.nio.charset.StandardCharsets;

/**
 * What stands in a configuration file that is valid. It is kept as text and parsed anew for those
 * who ask, operators now and then: a tree of thousands of services is twenty times as large.
 */
public final class ConfigText {
    private final byte[] utf8;

    ConfigText(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** Each scalar as the file spells it: nothing is filled in. */
    public Value tree() {
        try {
            return YamlFile.parse(new String(utf8, StandardCharsets.UTF_8), (source, _) -> source);
        } catch (Refused e) {
            throw new IllegalStateException("it was valid when it was read", e);
        }
    }
}
