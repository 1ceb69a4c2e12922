package dev.outrider.sidecar;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One call after the other on one keep-alive connection, as fast as they are answered. It connects
 * anew only after it was told that the connection closes; everything else that is not a 200 is a
 * failure.
 */
final class SteadyClient implements AutoCloseable {
    final List<String> failures = new CopyOnWriteArrayList<>();
    final AtomicInteger good = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    private final IntSupplier port;
    private final String host;
    private final Thread thread;
    private @Nullable Socket socket;
    private volatile boolean closed;

    SteadyClient(IntSupplier port, String host) {
        this.port = port;
        this.host = host;
        this.thread = Thread.ofPlatform().name("steady").start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                call();
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    failures.add(e.toString());
                }
                drop();
            }
        }
        drop();
    }

    private void call() throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket(InetAddress.getLoopbackAddress(), port.getAsInt());
            open.setSoTimeout(60_000);
            connections.incrementAndGet();
            socket = open;
        }
        String request = "GET /steady HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        open.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = new BufferedInputStream(open.getInputStream());
        List<String> head = new ArrayList<>();
        String line = line(in);
        while (!line.isEmpty()) {
            head.add(line.toLowerCase(Locale.ROOT));
            line = line(in);
        }
        int length = 0;
        for (String field : head) {
            if (field.startsWith("content-length:")) {
                length = Integer.parseInt(field.substring(15).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (head.getFirst().startsWith("http/1.1 200")) {
            good.incrementAndGet();
        } else {
            failures.add(head.getFirst() + " " + body);
        }
        if (head.contains("connection: close")) {
            drop();
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        int next = in.read();
        while (next != '\n') {
            if (next < 0) {
                throw new IOException("closed within '" + text + "'");
            }
            if (next != '\r') {
                text.append((char) next);
            }
            next = in.read();
        }
        return text.toString();
    }

    private void drop() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Makes no further call, and waits for the one under way. */
    void stop() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
