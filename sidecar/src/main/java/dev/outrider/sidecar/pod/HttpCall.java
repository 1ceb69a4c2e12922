package dev.outrider.sidecar.pod;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A GET to the app.
 *
 * @param authority the Host field
 */
record HttpCall(HttpTarget target, String authority, Map<String, List<String>> fields) {
    /** What is left unread of a body is thrown away with the connection. */
    HttpReply send(Socket socket, int limit, boolean whole) throws IOException {
        return switch (target.scheme()) {
            case HTTP -> speak(socket, limit, whole);
            case HTTPS -> {
                try (SSLSocket secure = secured(socket)) {
                    secure.startHandshake();
                    yield speak(secure, limit, whole);
                }
            }
        };
    }

    private HttpReply speak(Socket socket, int limit, boolean whole) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(head());
        out.flush();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        return HttpReply.read(in, limit, whole);
    }

    private byte[] head() {
        StringBuilder head = new StringBuilder(256);
        head.append("GET ").append(target.target()).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(authority).append("\r\n");
        fields.forEach((name, values) ->
                values.forEach(
                        value -> head.append(name).append(": ").append(value).append("\r\n")));
        head.append("Connection: close\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.UTF_8);
    }

    private SSLSocket secured(Socket socket) throws IOException {
        return (SSLSocket)
                Unverified.CONTEXT
                        .getSocketFactory()
                        .createSocket(socket, target.host(), socket.getPort(), true);
    }

    /** Made when the first https probe is called: most pods have none. */
    private static final class Unverified {
        static final SSLContext CONTEXT = context();

        private static SSLContext context() {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {new TrustsAll()}, null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has TLS", e);
            }
        }
    }

    /**
     * The kubelet verifies nothing either: a probe tells whether the app is well, not who it is.
     */
    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
