package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.text.BadText;
import dev.outrider.injector.manifest.text.Text;

/** What is wrong with an input or an output, where, and what would mend it. */
final class ManifestException extends Exception {
    private static final long serialVersionUID = 1L;

    ManifestException(String message) {
        super(message);
    }

    /** With the place in the file. */
    static ManifestException at(String file, Text text, BadText problem) {
        return new ManifestException(
                "%s:%d:%d: %s"
                        .formatted(
                                file,
                                text.line(problem.offset()),
                                text.column(problem.offset()) + 1,
                                problem.getMessage()));
    }
}
