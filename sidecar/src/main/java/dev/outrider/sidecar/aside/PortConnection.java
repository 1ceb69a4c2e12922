package dev.outrider.sidecar.aside;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** One connection and its one request, on a thread of its own; its deadline is the server's. */
final class PortConnection {
    private static final int BUFFER = 4 * 1024;

    /** What is read and dropped of a refused request, so that closing does not reset the answer. */
    private static final int LINGER = 64 * 1024;

    private final Socket socket;
    private final PortServer.Handler handler;

    PortConnection(Socket socket, PortServer.Handler handler) {
        this.socket = socket;
        this.handler = handler;
    }

    void serve() throws IOException {
        BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        PortResponse response;
        boolean head = false;
        try {
            PortRequest request = RequestReader.read(in, socket.getInetAddress());
            head = request.method().equals("HEAD");
            response = handler.answer(request);
        } catch (RequestRefused e) {
            response = e.response();
        }
        try {
            send(response, head);
        } finally {
            response.after().run();
        }
        socket.shutdownOutput();
        var _ = in.readNBytes(LINGER);
    }

    private void send(PortResponse response, boolean head) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(response.head());
        if (!head) {
            out.write(response.body());
        }
        out.flush();
    }
}
