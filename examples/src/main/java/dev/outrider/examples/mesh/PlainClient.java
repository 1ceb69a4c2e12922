package dev.outrider.examples.mesh;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidKeyManager;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Java's own HTTP client in the place of a sidecar: what is on the wire is nothing but TLS 1.3,
 * HTTP and a header. Each call opens a connection of its own.
 */
public final class PlainClient {
    /** The header in which service-to-service tokens travel. */
    private static final String TOKEN = "workload-identity-token";

    private static final int CONNECT_MILLIS = 2000;

    private final URI server;
    private final TrustBundle bundle;
    private final SpiffeId expected;

    /** An answer. */
    public record Met(int status, String body) {}

    PlainClient(URI server, Path bundle, String expected) throws IOException {
        this.server = server;
        this.bundle = TrustBundle.load(SidecarFile.TRUST_DOMAIN, bundle);
        this.expected = SpiffeId.parse(expected);
    }

    /** Calls as {@code shown}, or without a certificate. */
    public Met get(String path, @Nullable X509Svid shown, @Nullable String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(5));
        if (token != null) {
            request.header(TOKEN, token);
        }
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(2))
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .sslContext(context(shown))
                        .build();
        try {
            HttpResponse<String> answer =
                    client.send(request.GET().build(), BodyHandlers.ofString());
            return new Met(answer.statusCode(), answer.body());
        } finally {
            client.shutdownNow();
        }
    }

    /** The certificate the server shows to a new connection; nothing is asked of it. */
    public X509Certificate shown() throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(
                    new InetSocketAddress(server.getHost(), server.getPort()), CONNECT_MILLIS);
            plain.setSoTimeout(CONNECT_MILLIS);
            var factory = context(null).getSocketFactory();
            try (SSLSocket socket =
                    (SSLSocket)
                            factory.createSocket(
                                    plain, server.getHost(), server.getPort(), false)) {
                // The client's side of the handshake ends before the server misses a certificate.
                socket.startHandshake();
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            }
        }
    }

    private SSLContext context(@Nullable X509Svid shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    new KeyManager[] {new SvidKeyManager(() -> shown)},
                    new TrustManager[] {new MeshTrust(bundle, expected, InstantSource.system())},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks TLS 1.3", e);
        }
    }
}
