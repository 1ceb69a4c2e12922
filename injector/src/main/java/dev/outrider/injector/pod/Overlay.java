package dev.outrider.injector.pod;

import dev.outrider.injector.settings.Settings;
import dev.outrider.injector.settings.SettingsException;
import java.util.List;

/** The configuration that a pod brings along; only the proxy knows what its keys mean. */
final class Overlay {
    private Overlay() {}

    /** The keys it begins with; a text that is no mapping would keep the proxy from starting. */
    static List<String> keys(String text) {
        try {
            return List.copyOf(Settings.parse("its YAML", text).keys());
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
