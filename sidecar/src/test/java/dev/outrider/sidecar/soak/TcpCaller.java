package dev.outrider.sidecar.soak;

import dev.outrider.certs.X509Svid;
import dev.outrider.sidecar.Anybody;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Raw bytes in frames in mutual TLS, as the sidecar of a caller sends them: without a kernel that
 * redirects, nothing tells an outbound port where raw TCP goes. It is Java's TLS, not ours, and it
 * does not look at the server's certificate: that is the job of the sidecars' own connections.
 */
record TcpCaller(int port, Supplier<X509Svid> svid, Pace pace) implements Caller {
    /** The length of the frame that says that no more will come. */
    private static final int END = 0;

    @Override
    public void call(RandomGenerator random) throws IOException {
        try (SSLSocket socket = connect()) {
            talk(socket, random);
        }
    }

    private void talk(SSLSocket socket, RandomGenerator random) throws IOException {
        DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        DataInputStream in = new DataInputStream(socket.getInputStream());
        try {
            for (int i = 0; i < pace.messages; i++) {
                byte[] sent = Caller.bytes(random, random.nextInt(1, 2000));
                out.writeInt(sent.length);
                out.write(sent);
                out.flush();
                echoed(in, sent);
                pace.pause();
            }
            out.writeInt(END);
            out.flush();
            if (in.readInt() != END || in.read() >= 0) {
                throw new IllegalStateException("more came back than was sent");
            }
        } catch (IOException e) {
            throw new CallFailed(Excuse.CONVERSATION, e);
        }
    }

    /** In as many frames as the relay likes: each is its length, then its bytes. */
    private static void echoed(DataInputStream in, byte[] sent) throws IOException {
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        while (back.size() < sent.length) {
            back.writeBytes(in.readNBytes(in.readInt()));
        }
        if (!Arrays.equals(back.toByteArray(), sent)) {
            throw new IllegalStateException("other bytes came back");
        }
    }

    private SSLSocket connect() throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        context(svid.get())
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"outrider-tcp"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLContext context(X509Svid svid) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            X509Certificate[] chain = svid.chain().toArray(X509Certificate[]::new);
            store.setKeyEntry("svid", svid.key(), new char[0], chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {}
}
