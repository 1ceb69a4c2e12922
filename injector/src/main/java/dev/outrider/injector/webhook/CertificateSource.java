package dev.outrider.injector.webhook;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the webhook's certificate comes from. Blocks, within deadlines; used by one thread. */
public interface CertificateSource extends AutoCloseable {
    /**
     * The newest certificate: {@code known} itself when there is nothing newer.
     *
     * @param known what it gave last
     * @throws IOException with a message for the operator
     */
    ServingCertificate newest(@Nullable ServingCertificate known, Instant now) throws IOException;

    /** The roots that its certificates lead to, now and soon: what the API server has to trust. */
    List<X509Certificate> roots(Instant now) throws IOException;

    @Override
    default void close() {}
}
