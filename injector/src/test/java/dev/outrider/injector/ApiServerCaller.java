package dev.outrider.injector;

import dev.outrider.certs.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Calls a webhook as an API server does: HTTP/1.1 on a connection that is kept, TLS that trusts the
 * caBundle and nothing else, and the host name of the Service checked, wherever it connects to.
 */
public final class ApiServerCaller implements AutoCloseable {
    private final int port;
    private @Nullable SSLSocket socket;
    private @Nullable InputStream in;

    /** An answer of HTTP. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public Map<String, @Nullable Object> json() {
            return Json.object(body);
        }
    }

    public ApiServerCaller(int port) {
        this.port = port;
    }

    public Answer review(Collection<X509Certificate> caBundle, String body) throws IOException {
        return call(caBundle, "POST", "/inject?timeout=10s", "application/json", body);
    }

    public Answer call(
            Collection<X509Certificate> caBundle,
            String method,
            String path,
            String type,
            String body)
            throws IOException {
        SSLSocket open = socket;
        if (open == null) {
            open = connect(caBundle);
            socket = open;
            in = new BufferedInputStream(open.getInputStream());
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "%s %s HTTP/1.1\r\nHost: %s:443\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(method, path, TestAuthority.NAME, type, bytes.length);
        OutputStream out = open.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
        Answer answer = read();
        if (answer.headers().getOrDefault("connection", "").equals("close")) {
            hangUp();
        }
        return answer;
    }

    /** What the webhook shows on the connection of now. */
    public X509Certificate shown() throws IOException {
        SSLSocket open = socket;
        if (open == null) {
            throw new IOException("no connection");
        }
        return (X509Certificate) open.getSession().getPeerCertificates()[0];
    }

    /** The connection of now, for a test that misuses it. */
    public Optional<SSLSocket> socket() {
        return Optional.ofNullable(socket);
    }

    @Override
    public void close() throws IOException {
        hangUp();
    }

    /** The next call has a connection of its own. */
    public void hangUp() throws IOException {
        SSLSocket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }

    private SSLSocket connect(Collection<X509Certificate> caBundle) throws IOException {
        try {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            int number = 0;
            for (X509Certificate root : caBundle) {
                roots.setCertificateEntry("root" + number++, root);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            Socket tcp = new Socket(InetAddress.getLoopbackAddress(), port);
            tcp.setTcpNoDelay(true); // as Go does
            SSLSocket tls =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(tcp, TestAuthority.NAME, port, true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.setSoTimeout(60_000);
            tls.startHandshake();
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private Answer read() throws IOException {
        String status = line();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            List<String> sides = List.of(line.split(": ?", 2));
            headers.put(sides.get(0).toLowerCase(Locale.ROOT), sides.get(1));
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = stream().readNBytes(length);
        if (body.length < length) {
            throw new IOException("the answer ends too soon");
        }
        return new Answer(
                Integer.parseInt(status.split(" ")[1]),
                headers,
                new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = stream().read(); b != '\n'; b = stream().read()) {
            if (b < 0) {
                throw new IOException("the connection was closed");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private InputStream stream() throws IOException {
        InputStream open = in;
        if (open == null) {
            throw new IOException("no connection");
        }
        return open;
    }
}
