package dev.outrider.sidecar.admin;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** One connection and its one request, on a thread of its own; its deadline is AdminServer's. */
final class AdminConnection {
    private static final int BUFFER = 4 * 1024;

    /** What is read and dropped of a refused request, so that closing does not reset the answer. */
    private static final int LINGER = 64 * 1024;

    private final Socket socket;
    private final AdminRoutes routes;

    AdminConnection(Socket socket, AdminRoutes routes) {
        this.socket = socket;
        this.routes = routes;
    }

    void serve() throws IOException {
        BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        AdminResponse response;
        boolean head = false;
        try {
            AdminRequest request = RequestReader.read(in, socket.getInetAddress());
            head = request.method().equals("HEAD");
            response = routes.answer(request);
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

    private void send(AdminResponse response, boolean head) throws IOException {
        byte[] body = response.bytes();
        OutputStream out = socket.getOutputStream();
        out.write(response.head(body.length));
        if (!head) {
            out.write(body);
        }
        out.flush();
    }
}
