package dev.outrider.examples.mesh;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidKeyManager;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
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
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Java's own HTTP client in the place of a sidecar: what is on the wire is nothing but TLS 1.3,
 * HTTP and a header. Each call opens a connection of its own.
 */
public final class PlainClient {
    /** The header in which service-to-service tokens travel. */
    private static final String TOKEN = "workload-identity-token";

    private final URI server;
    private final TrustBundle bundle;
    private final SpiffeId expected;

    /** A status and who answered. */
    public record Met(int status, String body, X509Certificate server) {}

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
            X509Certificate peer =
                    (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
            return new Met(answer.statusCode(), answer.body(), peer);
        } finally {
            client.shutdownNow();
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
