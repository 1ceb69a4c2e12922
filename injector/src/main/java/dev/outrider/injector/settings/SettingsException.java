package dev.outrider.injector.settings;

/** What is wrong in a file of settings, where, and what would mend it. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    SettingsException(String file, int line, String path, String problem) {
        super(
                file
                        + (line > 0 ? ":" + line : "")
                        + ": "
                        + (path.isEmpty() ? "" : path + ": ")
                        + problem);
    }
}
