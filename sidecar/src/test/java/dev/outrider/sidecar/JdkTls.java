package dev.outrider.sidecar;

import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** A workload of the mesh without a sidecar: it speaks TLS 1.3 itself, by the JDK. */
final class JdkTls {
    private final SSLContext context;

    JdkTls(X509Svid svid) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry(
                "svid", svid.key(), new char[0], svid.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    }

    Connection connect(int port) throws IOException {
        return new Connection(new Socket(InetAddress.getLoopbackAddress(), port), true);
    }

    Connection accept(ServerSocket server) throws IOException {
        return new Connection(server.accept(), false);
    }

    /** One connection, which may end as TLS says or in the middle of it. */
    final class Connection implements AutoCloseable {
        private final Socket tcp;
        private final SSLSocket tls;
        private final H1Peer http;

        private Connection(Socket tcp, boolean client) throws IOException {
            this.tcp = tcp;
            tls =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(tcp, "127.0.0.1", tcp.getPort(), false);
            tls.setUseClientMode(client);
            http = H1Peer.on(tls);
        }

        H1Peer http() {
            return http;
        }

        /** Says close_notify, and still listens. */
        void endOutput() throws IOException {
            tls.shutdownOutput();
        }

        /** Ends as one should. */
        void end() throws IOException {
            tls.close();
            tcp.close();
        }

        /** Ends TCP and says nothing in TLS, as anybody on the way could. */
        void cut() throws IOException {
            tcp.close();
        }

        @Override
        public void close() throws IOException {
            tcp.close();
        }
    }
}
