package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;

/**
 * One thing wrong with a configuration file, for a person: where it stands (line and column from 1,
 * both 0 when it concerns the file as a whole), its path from the root, and a sentence that says
 * the mend.
 */
public record ConfigError(String file, int line, int column, String path, String sentence) {
    static ConfigError at(String file, Value.Place place, String sentence) {
        return new ConfigError(file, place.line(), place.column(), place.path(), sentence);
    }

    /** {@code sidecar.yaml:12:5 outbound.timeout: expected a duration such as 250ms, found 'x'}. */
    @Override
    public String toString() {
        String position = line > 0 ? ":" + line + ":" + column : "";
        String subject = path.isEmpty() ? "" : " " + path;
        return file + position + subject + ": " + sentence;
    }
}
