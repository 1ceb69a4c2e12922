package dev.outrider.sidecar.tls;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Gets an identity and keeps it fresh on a virtual thread of its own. All methods may be called on
 * any thread and none of them blocks.
 */
public interface IdentitySource extends AutoCloseable {
    /**
     * The identity of now, one volatile read; an {@link IllegalStateException} before the first.
     */
    Identity current();

    /** The identity of now, null before the first. */
    @Nullable Identity peek();

    /**
     * Completes with the first identity, on the source's thread; never fails, may take for ever.
     */
    CompletionStage<Identity> ready();

    IdentityStatus status();

    /** Stops watching and renewing; the current identity stays usable. */
    @Override
    void close();

    /** Starts the source that {@code config} asks for. */
    static IdentitySource start(
            IdentityConfig config, TlsContexts tls, InstantSource clock, SecureRandom random) {
        IdentityFiles files = config.files();
        if (files != null) {
            return FileIdentitySource.start(config.id(), files, tls, clock);
        }
        IdentityCa ca = config.ca();
        if (ca != null) {
            return CaIdentitySource.start(config.id(), ca, tls, clock, random);
        }
        throw new IllegalArgumentException("neither files nor ca is given");
    }
}
