package dev.outrider.sidecar.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        STREAM,
        STREAM_HELD;

        /** The others are POST, as all of gRPC. */
        boolean repeatable() {
            return this == GET || this == GET_TRANSLATED;
        }
    }

    @Override
    public void call(RandomGenerator random) throws IOException {
        switch (kind) {
            case GET_TRANSLATED -> get("orders");
            case GET -> get("grpc");
            case UNARY -> unary(random);
            case STREAM -> stream(random, Pace.QUICK);
            case STREAM_HELD -> stream(random, Pace.HELD);
        }
    }

    private void get(String authority) throws IOException {
        try (H2Calls.Stream stream = calls.open("GET", authority, true)) {
            require(rest(stream, begun(stream, 0)), new byte[0]);
        }
    }

    private void unary(RandomGenerator random) throws IOException {
        byte[] message = Caller.bytes(random, random.nextInt(1, LONG));
        try (H2Calls.Stream stream = calls.open("POST", "grpc", false)) {
            stream.send(message, true);
            require(rest(stream, begun(stream, message.length)), message);
        }
    }

    private void stream(RandomGenerator random, Pace pace) throws IOException {
        try (H2Calls.Stream stream = calls.open("POST", "grpc", false)) {
            H2Calls.Event.Head head = begun(stream, 0);
            for (int i = 0; i < pace.messages; i++) {
                byte[] message = Caller.bytes(random, random.nextInt(1, 1000));
                stream.send(message, false);
                require(part(stream, message.length), message);
                pace.pause();
            }
            stream.send(new byte[0], true);
            require(rest(stream, head), new byte[0]);
        }
    }

    private static void require(byte[] got, byte[] sent) {
        if (!Arrays.equals(got, sent)) {
            throw new IllegalStateException(
                    "another message came back: " + got.length + " bytes for " + sent.length);
        }
    }

    private H2Calls.Event.Head begun(H2Calls.Stream stream, int sent) throws IOException {
        H2Calls.Event first = stream.next();
        if (!(first instanceof H2Calls.Event.Head head)) {
            throw new IOException("instead of a head: " + first);
        }
        if (!head.field(":status").equals("200") || failed(head)) {
            String text = head + " " + text(stream, head.last());
            Excuse excuse =
                    kind.repeatable() ? null : Caller.ofPost(head.field("proxy-status"), sent);
            throw new CallFailed(excuse, text);
        }
        return head;
    }

    private static boolean failed(H2Calls.Event.Head head) {
        String status = head.field("grpc-status");
        return !status.isEmpty() && !status.equals("0");
    }

    private static String text(H2Calls.Stream stream, boolean last) throws IOException {
        return !last && stream.next() instanceof H2Calls.Event.Data data
                ? new String(data.bytes(), StandardCharsets.UTF_8)
                : "";
    }

    private static byte[] part(H2Calls.Stream stream, int length) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() < length) {
            H2Calls.Event event = stream.next();
            if (!(event instanceof H2Calls.Event.Data data)) {
                throw new CallFailed(Excuse.ANSWER_BEGUN, "after the head: " + event);
            }
            body.writeBytes(data.bytes());
        }
        return body.toByteArray();
    }

    /** What of the body is left, up to a good end. */
    private static byte[] rest(H2Calls.Stream stream, H2Calls.Event.Head head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean last = head.last();
        while (!last) {
            H2Calls.Event event = stream.next();
            if (event instanceof H2Calls.Event.Data data) {
                body.writeBytes(data.bytes());
                last = data.last();
            } else if (event instanceof H2Calls.Event.Head trailers && !failed(trailers)) {
                last = true;
            } else {
                throw new CallFailed(Excuse.ANSWER_BEGUN, "after the head: " + event);
            }
        }
        return body.toByteArray();
    }

    @Override
    public void close() {}
}
