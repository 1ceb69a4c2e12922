package dev.outrider.certs.kubernetes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the roots of a file as it is at each handshake, host names checked by the JDK as ever: a
 * cluster's CA may be replaced while we run.
 */
final class ClusterTrust extends X509ExtendedTrustManager {
    private final Path path;
    private final RotatedFile file;
    private String known = "";
    private @Nullable X509ExtendedTrustManager roots;

    ClusterTrust(Path file) {
        this.path = file;
        this.file = new RotatedFile(file);
    }

    /** A context that trusts {@code file}, which must be good now and is followed from here on. */
    static SSLContext context(Path file) throws IOException {
        ClusterTrust trust = new ClusterTrust(file);
        try {
            trust.roots();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (CertificateException e) {
            throw new IOException(e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks TLS", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        roots().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        roots().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("without a connection there is no host name to check");
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
        return new X509Certificate[0];
    }

    private synchronized X509ExtendedTrustManager roots() throws CertificateException {
        try {
            String now = file.read();
            X509ExtendedTrustManager made = roots;
            if (made == null || !now.equals(known)) {
                made = parsed(now);
                known = now;
                roots = made;
            }
            return made;
        } catch (IOException | GeneralSecurityException e) {
            if (roots != null) {
                // Met in the middle of a replacement: what was good stays so until the next look.
                return roots;
            }
            throw new CertificateException(
                    path + " holds no CA certificate of the cluster: " + e.getMessage(), e);
        }
    }

    private static X509ExtendedTrustManager parsed(String pem)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
        int number = 0;
        for (Certificate root :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(bytes))) {
            store.setCertificateEntry("root-" + number++, root);
        }
        if (number == 0) {
            throw new CertificateException("no BEGIN CERTIFICATE block");
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }
}
