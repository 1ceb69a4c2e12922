package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Where key sets come from. Blocks; called on a virtual thread, one call at a time. */
public interface JwksSource {
    /** Fetches the document now, within a deadline of its own. */
    Fetched fetch() throws IOException, InterruptedException;

    /**
     * A document as it came.
     *
     * @param goodFor when to fetch again, null if the source does not say
     */
    record Fetched(String text, @Nullable Duration goodFor) {}

    /**
     * The configured source.
     *
     * @param trust whom an https address must prove itself to; asked for each fetch, so that it may
     *     change with the trust bundle
     * @throws IllegalArgumentException if neither file nor address is configured: then the keys are
     *     the mesh authority's
     */
    static JwksSource of(JwksConfig config, Supplier<SSLContext> trust, InstantSource clock) {
        Path file = config.file();
        URI url = config.url();
        if (file != null) {
            return new FileJwksSource(file, clock);
        }
        if (url != null) {
            return new HttpJwksSource(url, config.timeout(), trust);
        }
        throw new IllegalArgumentException("say where the keys come from: file or url");
    }
}
