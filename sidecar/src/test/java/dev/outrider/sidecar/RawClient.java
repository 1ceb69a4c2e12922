package dev.outrider.sidecar;

import dev.outrider.certs.SvidKeyManager;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A client of one request on one connection, which may send any Host and show any certificate. */
final class RawClient {
    private static final int PATIENCE_MILLIS = 60_000;

    private RawClient() {}

    /** Names of fields are in lower case, and fields of one name are joined. */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** A GET over plain text; {@code fields} are whole header lines. */
    static Answer get(int port, String host, String path, String... fields) throws IOException {
        return call(port, "GET", host, path, fields);
    }

    static Answer call(int port, String method, String host, String path, String... fields)
            throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return exchange(socket, method, host, path, fields);
        }
    }

    /** A GET over TLS; {@code svid} null shows no certificate. */
    static Answer secure(int port, @Nullable X509Svid svid, String path, String... fields)
            throws Exception {
        try (Socket socket = tls(port, svid)) {
            return exchange(socket, "GET", "orders", path, fields);
        }
    }

    /** A connection over TLS to say anything on. */
    static Socket tls(int port, @Nullable X509Svid svid) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(
                new KeyManager[] {new SvidKeyManager(() -> svid)},
                new TrustManager[] {new Anybody()},
                null);
        Socket socket =
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static Answer exchange(
            Socket socket, String method, String host, String path, String... fields)
            throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        StringBuilder text = new StringBuilder();
        text.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ").append(host);
        for (String field : fields) {
            text.append("\r\n").append(field);
        }
        text.append("\r\nConnection: close\r\n");
        text.append(method.equals("POST") ? "Content-Length: 0\r\n\r\n" : "\r\n");
        socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        byte[] all = socket.getInputStream().readAllBytes();
        return parse(new String(all, StandardCharsets.UTF_8));
    }

    private static Answer parse(String text) throws IOException {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("closed without an answer: '" + text + "'");
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] pair = lines[i].split(":", 2);
            String name = pair[0].toLowerCase(java.util.Locale.ROOT);
            headers.merge(name, pair[1].strip(), (one, other) -> one + ", " + other);
        }
        return new Answer(
                Integer.parseInt(lines[0].split(" ", -1)[1]), headers, text.substring(end + 4));
    }
}
