package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where denied ids are listed. Blocks; called on one virtual thread at a time. */
interface DeniedSource {
    /** All ids if they may have changed since the last successful call, else null. */
    @Nullable Set<String> readIfChanged() throws IOException, InterruptedException;
}
