package dev.outrider.sidecar.forward;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An upstream that does what a script says, byte by byte, and remembers what it got. Each
 * connection runs the script on a thread of its own; when the script returns or throws, the
 * connection closes.
 */
final class RawUpstream implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What happens on one connection; {@code number} counts connections from 1. */
    @FunctionalInterface
    interface Script {
        void run(Connection connection, int number) throws Exception;
    }

    final List<String> heads = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicLong bytes = new AtomicLong();
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    RawUpstream(Script script) throws IOException {
        this(script, 0);
    }

    RawUpstream(Script script, int receiveBuffer) throws IOException {
        server = new ServerSocket();
        if (receiveBuffer > 0) {
            server.setReceiveBufferSize(receiveBuffer);
        }
        server.bind(new java.net.InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        Thread.ofVirtual().start(() -> accept(script));
    }

    /** Answers every request on every connection with the same. */
    static RawUpstream answering(String answer) throws IOException {
        return new RawUpstream((connection, _) -> connection.serve(answer));
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept(Script script) {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                int number = connections.incrementAndGet();
                open.incrementAndGet();
                Thread.ofVirtual().start(() -> run(script, socket, number));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void run(Script script, Socket socket, int number) {
        try (socket) {
            script.run(new Connection(socket), number);
        } catch (Exception e) {
            // The proxy broke the connection off, which the test sees by `open`.
        } finally {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : sockets) {
            each.close();
        }
    }

    /** The upstream's end of one connection. */
    final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new Counting(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        InputStream in() {
            return in;
        }

        String head() throws IOException {
            String head = Wire.head(in);
            if (head.isEmpty()) {
                throw new EOFException();
            }
            heads.add(head);
            return head;
        }

        String request() throws IOException {
            String head = head();
            String body = Wire.body(in, head);
            bodies.add(body);
            return body;
        }

        /** So many bytes, as text. */
        String read(int length) throws IOException {
            return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        }

        /** Everything until the peer's end. */
        String rest() throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        /** Whether nothing comes for a moment. */
        boolean silent() throws IOException {
            socket.setSoTimeout(200);
            try {
                return in.read() < 0;
            } catch (SocketTimeoutException e) {
                return true;
            } finally {
                socket.setSoTimeout(0);
            }
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        void serve(String answer) throws IOException {
            while (true) {
                request();
                write(answer);
            }
        }

        /** Where the connection comes from. */
        InetAddress peer() {
            return socket.getInetAddress();
        }

        /** Says that nothing more will come, and stays to listen. */
        void endOutput() throws IOException {
            socket.shutdownOutput();
        }

        /** Closes with a reset, whatever else the test's script does. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Waits until the proxy closes. */
        void untilClosed() throws IOException {
            in.skip(Long.MAX_VALUE);
            while (in.read() >= 0) {}
        }
    }

    private final class Counting extends FilterInputStream {
        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes.addAndGet(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            bytes.addAndGet(Math.max(0, read));
            return read;
        }
    }
}
