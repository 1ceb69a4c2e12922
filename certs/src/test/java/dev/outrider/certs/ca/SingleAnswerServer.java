package dev.outrider.certs.ca;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.outrider.certs.SvidKeyManager;
import dev.outrider.certs.X509Svid;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/** A server with a certificate that is good, but not the authority's. */
final class SingleAnswerServer implements AutoCloseable {
    private final HttpsServer server;

    SingleAnswerServer(X509Svid svid) throws Exception {
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 1);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(new KeyManager[] {new SvidKeyManager(() -> svid)}, null, null);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
