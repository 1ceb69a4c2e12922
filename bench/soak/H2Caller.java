package dev.outrider.sidecar.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Calls over HTTP/2, each a stream of a shared connection. */
record H2Caller(H2Calls calls, Kind kind) implements Caller {
    private static final int LONG = 200_000;

    enum Kind {
        /** Of the app that speaks HTTP/1.1: each call is translated at the last hop. */
        GET_TRANSLATED,
        GET,
        UNARY,
        STREAM
    }

    @Override
    public void call(RandomGenerator random) throws IOException {
        switch (kind) {
            case GET_TRANSLATED -> get("orders");
            case GET -> get("grpc");
            case UNARY -> unary(random);
            case STREAM -> stream(random);
        }
    }

    private void get(String authority) throws IOException {
        try (H2Calls.Stream stream = calls.open("GET", authority, true)) {
            var _ = rest(stream, begun(stream));
        }
    }

    private void unary(RandomGenerator random) throws IOException {
        byte[] message = Caller.bytes(random, random.nextInt(1, LONG));
        try (H2Calls.Stream stream = calls.open("POST", "grpc", false)) {
            stream.send(message, true);
            H2Calls.Event.Head head = begun(stream);
            if (!Arrays.equals(rest(stream, head), message)) {
                throw new IOException("another message came back");
            }
        }
    }

    private void stream(RandomGenerator random) throws IOException {
        try (H2Calls.Stream stream = calls.open("POST", "grpc", false)) {
            H2Calls.Event.Head head = begun(stream);
            for (int i = 0; i < 10; i++) {
                byte[] message = Caller.bytes(random, random.nextInt(1, 1000));
                stream.send(message, false);
                if (!Arrays.equals(part(stream, message.length), message)) {
                    throw new IOException("another message came back");
                }
            }
            stream.send(new byte[0], true);
            if (rest(stream, head).length > 0) {
                throw new IOException("more came back than was sent");
            }
        }
    }

    private static H2Calls.Event.Head begun(H2Calls.Stream stream) throws IOException {
        H2Calls.Event first = stream.next();
        if (!(first instanceof H2Calls.Event.Head head)) {
            throw new IOException("instead of a head: " + first);
        }
        if (head.status() == null || !"200".contentEquals(head.status())) {
            throw new IOException(head + " " + last(stream, head.last()));
        }
        if (head.grpcStatus() != null && !"0".contentEquals(head.grpcStatus())) {
            throw new IOException("gRPC failed at once: " + head);
        }
        return head;
    }

    private static byte[] part(H2Calls.Stream stream, int length) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() < length) {
            H2Calls.Event event = stream.next();
            if (!(event instanceof H2Calls.Event.Data data)) {
                throw new Cut("after the head: " + event);
            }
            body.writeBytes(data.bytes());
        }
        return body.toByteArray();
    }

    /** What of the body is left, up to a good end. */
    private static byte[] rest(H2Calls.Stream stream, H2Calls.Event.Head head)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean last = head.last();
        while (!last) {
            switch (stream.next()) {
                case H2Calls.Event.Data data -> {
                    body.writeBytes(data.bytes());
                    last = data.last();
                }
                case H2Calls.Event.Head trailers -> {
                    if (trailers.grpcStatus() != null
                            && !"0".contentEquals(trailers.grpcStatus())) {
                        throw new Cut("ended with " + trailers);
                    }
                    last = true;
                }
                case H2Calls.Event.Reset reset -> throw new Cut("after the head: " + reset);
                case H2Calls.Event.Closed closed -> throw new Cut("after the head: " + closed);
            }
        }
        return body.toByteArray();
    }

    private static String last(H2Calls.Stream stream, boolean last) throws IOException {
        return !last && stream.next() instanceof H2Calls.Event.Data data
                ? new String(data.bytes(), java.nio.charset.StandardCharsets.UTF_8)
                : "";
    }

    @Override
    public void close() {}
}
