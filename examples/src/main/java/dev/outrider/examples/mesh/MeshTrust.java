package dev.outrider.examples.mesh;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Accepts the one server of a SPIFFE id; a certificate in the mesh holds no host name. */
final class MeshTrust extends X509ExtendedTrustManager {
    private final TrustBundle bundle;
    private final SpiffeId expected;
    private final InstantSource clock;

    MeshTrust(TrustBundle bundle, SpiffeId expected, InstantSource clock) {
        this.bundle = bundle;
        this.expected = expected;
        this.clock = clock;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return bundle.roots().toArray(X509Certificate[]::new);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        SpiffeId shown = SvidVerifier.verify(List.of(chain), bundle, clock.instant());
        if (!shown.equals(expected)) {
            throw new CertificateException("expected " + expected + ", met " + shown);
        }
    }
}
