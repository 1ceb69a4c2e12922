package dev.outrider.injector.webhook;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of the mesh's own authority, for the pod's projected token. The authority adds the
 * DNS name by its own list ({@code outrider ca --dns-name}); the request never asks for it. One
 * thread.
 */
public final class MeshCertificates implements CertificateSource {
    private final Where where;
    private @Nullable Connection connection;
    private @Nullable Roots roots;
    private double renewAt = 0.5;

    /**
     * How to reach the authority, and as whom.
     *
     * @param token the projected token, replaced by the kubelet
     * @param trust the bundle that knows the authority, replaced when its root is
     * @param dnsName by which the API server calls
     * @param bundleAge after which the authority is asked for its roots again
     */
    public record Where(
            URI ca, Path trust, Path token, SpiffeId id, String dnsName, Duration bundleAge) {}

    /** A client, and the text of the bundle it began with. */
    private record Connection(String pinned, CaClient client) {}

    private record Roots(List<X509Certificate> roots, Instant at) {}

    public MeshCertificates(Where where) {
        this.where = where;
    }

    @Override
    public ServingCertificate newest(@Nullable ServingCertificate known, Instant now)
            throws IOException {
        if (known != null && known.left(now) > renewAt && known.leadsTo(roots(now), now)) {
            return known;
        }
        try {
            String token = Files.readString(where.token()).strip();
            X509Svid issued =
                    client().fetchSvid(
                                    where.id(),
                                    KeyAlgorithm.EC_P256,
                                    new BootstrapProof.Token(token));
            ServingCertificate fresh = new ServingCertificate(issued.key(), issued.chain());
            requireName(fresh);
            // Replicas that started together do not come back together.
            renewAt = 0.45 + ThreadLocalRandom.current().nextDouble() / 10;
            return fresh;
        } catch (CaException e) {
            throw new IOException("the authority at " + where.ca() + ": " + e.getMessage(), e);
        }
    }

    /** The authority's own word, else what the mounted bundle says. */
    @Override
    public List<X509Certificate> roots(Instant now) throws IOException {
        Roots known = roots;
        if (known != null && now.isBefore(known.at().plus(where.bundleAge()))) {
            return known.roots();
        }
        try {
            roots = new Roots(client().fetchBundle().roots(), now);
            return roots.roots();
        } catch (CaException e) {
            return known == null ? pinned(pem()).roots() : known.roots();
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.client().close();
        }
    }

    private void requireName(ServingCertificate fresh) throws IOException {
        if (!fresh.serves(where.dnsName())) {
            throw new IOException(
                    "the authority gave no certificate for the DNS name "
                            + where.dnsName()
                            + ", by which the API server calls; start it with: outrider ca --dns-name "
                            + where.id().path().substring(1)
                            + "="
                            + where.dnsName());
        }
    }

    /** Another bundle in the file means another client: the old one may trust nobody any more. */
    private CaClient client() throws IOException {
        String pem = pem();
        Connection open = connection;
        if (open != null && open.pinned().equals(pem)) {
            return open.client();
        }
        CaClient client = new CaClient(where.ca(), pinned(pem));
        connection = new Connection(pem, client);
        if (open != null) {
            open.client().close();
        }
        return client;
    }

    private TrustBundle pinned(String pem) throws IOException {
        try {
            return TrustBundle.parsePem(where.id().trustDomain(), pem);
        } catch (IllegalArgumentException e) {
            throw new IOException(where.trust() + " " + e.getMessage(), e);
        }
    }

    private String pem() throws IOException {
        return Files.readString(where.trust());
    }
}
