package dev.outrider.certs;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts one server: the authority, known by its SPIFFE id and the pinned roots. The host name is
 * not asked: the id is stronger, since any workload of the mesh could hold a name but not this id.
 */
final class CaTrustManager extends X509ExtendedTrustManager {
    private final Supplier<TrustBundle> bundle;
    private final SpiffeId expected;
    private final InstantSource clock;

    CaTrustManager(Supplier<TrustBundle> bundle, SpiffeId expected, InstantSource clock) {
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
        throw new CertificateException("this side never accepts connections");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw new CertificateException("this side never accepts connections");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("this side never accepts connections");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return bundle.get().roots().toArray(X509Certificate[]::new);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        SpiffeId shown = SvidVerifier.verify(List.of(chain), bundle.get(), clock.instant());
        if (!shown.equals(expected)) {
            throw new CertificateException(
                    "the server is " + shown + ", the authority would be " + expected);
        }
    }
}
