package dev.outrider.sidecar.tls;

import dev.outrider.certs.Pem;
import dev.outrider.certs.X509Svid;
import dev.outrider.sidecar.time.Background;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the edge's certificates as its files are: looks at them every second, and takes new content
 * when all of it fits together; else what was there stays and the status says why. Reads on a
 * virtual thread of its own; {@link #current} is for any.
 */
public final class PublicCertificates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PublicCertificates.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final PublicTlsConfig config;
    private final TlsContexts contexts;
    private final InstantSource clock;
    private final Background watcher;
    private volatile @Nullable PublicTls current;
    private volatile @Nullable String problem;
    private List<FileStamp> taken;

    private PublicCertificates(
            PublicTlsConfig config,
            TlsContexts contexts,
            InstantSource clock,
            List<FileStamp> seen,
            PublicTls first) {
        this.config = config;
        this.contexts = contexts;
        this.clock = clock;
        this.current = first;
        this.taken = seen;
        this.watcher =
                new Background(
                        "edge-certificates",
                        () -> {
                            look();
                            return LOOK;
                        });
    }

    /**
     * Reads the files and watches them; one that cannot be used at the start is an error, which
     * names it.
     */
    public static PublicCertificates open(
            PublicTlsConfig config, TlsContexts contexts, InstantSource clock) throws IOException {
        // Before reading: a change that comes while we read is seen at the first look.
        List<FileStamp> seen = FileStamp.of(config.files());
        PublicTls first = load(config, contexts, clock.instant());
        PublicCertificates source = new PublicCertificates(config, contexts, clock, seen, first);
        source.watcher.start();
        return source;
    }

    /** For one new connection. */
    public @Nullable PublicTls current() {
        return current;
    }

    /** Why the files as they are now were not taken; null if they were. */
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public void close() {
        watcher.close();
    }

    private void look() {
        // Before reading: a change that comes while we read is seen at the next look.
        List<FileStamp> seen = FileStamp.of(config.files());
        if (seen.equals(taken)) {
            return;
        }
        taken = seen;
        try {
            PublicTls fresh = load(config, contexts, clock.instant());
            current = fresh;
            problem = null;
            LOG.info("edge certificates read anew, good until {}", fresh.notAfter());
        } catch (IOException | RuntimeException | Error e) {
            problem = String.valueOf(e.getMessage());
            LOG.warn("edge certificates stay as they were: {}", problem);
        }
    }

    private static PublicTls load(PublicTlsConfig config, TlsContexts contexts, Instant now)
            throws IOException {
        List<SslContext> all = new ArrayList<>();
        try {
            return load(config, contexts, now, all);
        } catch (IOException | RuntimeException | Error e) {
            all.forEach(ReferenceCountUtil::release); // those made before the one that failed
            throw e;
        }
    }

    /** Adds every context it makes to {@code all}, whose owner the result is. */
    private static PublicTls load(
            PublicTlsConfig config, TlsContexts contexts, Instant now, List<SslContext> all)
            throws IOException {
        List<X509Certificate> roots = roots(config.clientRoots());
        Map<String, SslContext> byName = new LinkedHashMap<>();
        Instant notAfter = Instant.MAX;
        for (CertificateFiles each : config.certificates()) {
            List<X509Certificate> chain = read(each.certificate(), Pem::certificates);
            Instant ends = chain.getFirst().getNotAfter().toInstant();
            if (!ends.isAfter(now)) {
                throw new IOException(each.certificate() + " ended at " + ends + ": renew it");
            }
            notAfter = ends.isBefore(notAfter) ? ends : notAfter;
            SslContext context = context(each, chain, roots, config, contexts);
            all.add(context);
            List<String> names =
                    each.names().isEmpty() ? SubjectNames.of(chain.getFirst()) : each.names();
            for (String name : names) {
                byName.putIfAbsent(name.startsWith("*.") ? name.substring(1) : name, context);
            }
        }
        return contexts.owned(
                new PublicTls(byName, all.getFirst(), config.handshakeTimeout(), notAfter), all);
    }

    private static SslContext context(
            CertificateFiles files,
            List<X509Certificate> chain,
            Collection<X509Certificate> roots,
            PublicTlsConfig config,
            TlsContexts contexts)
            throws IOException {
        PrivateKey key = read(files.key(), Pem::privateKey);
        if (!X509Svid.belong(key, chain.getFirst().getPublicKey())) {
            throw new IOException(
                    files.key() + " is not the key of " + files.certificate() + ": renew both");
        }
        try {
            return contexts.publicServer(key, chain, roots, config);
        } catch (SSLException | IllegalArgumentException e) {
            throw new IOException(
                    files.certificate()
                            + " and "
                            + files.key()
                            + " do not make a TLS server: "
                            + e.getMessage(),
                    e);
        }
    }

    private static List<X509Certificate> roots(@Nullable Path file) throws IOException {
        return file == null ? List.of() : read(file, Pem::certificates);
    }

    private static <T> T read(Path file, java.util.function.Function<String, T> parser)
            throws IOException {
        try {
            return parser.apply(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        }
    }
}
