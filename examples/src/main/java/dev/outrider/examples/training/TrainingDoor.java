package dev.outrider.examples.training;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where callers come in: in plain text, or by TLS with a certificate for that host.
 *
 * @param trust of the certificate; null for plain text
 */
record TrainingDoor(String host, int port, @Nullable TrustManagerFactory trust) {
    private static final int TIMEOUT = 20_000;

    static TrainingDoor plain(String host, int port) {
        return new TrainingDoor(host, port, null);
    }

    static TrainingDoor tls(String host, int port, List<X509Certificate> roots) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate root : roots) {
                store.setCertificateEntry("root " + store.size(), root);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return new TrainingDoor(host, port, trust);
        } catch (GeneralSecurityException e) {
            throw new IOException("no trust in the edge's certificate can be set up", e);
        }
    }

    /** How a caller's channel begins that speaks {@code protocol}, which is all it offers. */
    Entrance entrance(String protocol) {
        if (trust == null) {
            return _ -> {};
        }
        SslContext tls = context(trust, protocol);
        return channel -> channel.pipeline().addLast(tls.newHandler(channel.alloc(), host, port));
    }

    /** Puts first into a channel's pipeline what stands between caller and proxy. */
    interface Entrance {
        void open(Channel channel);
    }

    private static SslContext context(TrustManagerFactory trust, String protocol) {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(trust)
                    .applicationProtocolConfig(
                            new ApplicationProtocolConfig(
                                    Protocol.ALPN,
                                    SelectorFailureBehavior.NO_ADVERTISE,
                                    SelectedListenerFailureBehavior.ACCEPT,
                                    protocol))
                    .build();
        } catch (IOException e) {
            throw new IllegalStateException("this machine's Netty has no TLS", e);
        }
    }

    /** A connection of the blocking kind, for HTTP/1.1. */
    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT);
        socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT);
        return trust == null ? socket : sockets(trust).createSocket(socket, host, port, true);
    }

    private static SSLSocketFactory sockets(TrustManagerFactory trust) {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return tls.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }
}
