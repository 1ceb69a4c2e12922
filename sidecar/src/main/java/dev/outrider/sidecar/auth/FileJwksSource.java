package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** A key set in a file that somebody else keeps fresh. */
final class FileJwksSource implements JwksSource {
    static final int MOST_BYTES = 1024 * 1024;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final PolledFile file;
    private String text = "";

    FileJwksSource(Path path, InstantSource clock) {
        this.file = new PolledFile(path, MOST_BYTES, clock);
    }

    @Override
    public Fetched fetch() throws IOException {
        String changed = file.readIfChanged();
        if (changed != null) {
            text = changed;
        }
        return new Fetched(text, POLL);
    }
}
