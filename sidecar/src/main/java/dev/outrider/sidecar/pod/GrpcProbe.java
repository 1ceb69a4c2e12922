package dev.outrider.sidecar.pod;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Asks {@code grpc.health.v1.Health/Check}, as the kubelet does: in plain text, with HTTP/2 known
 * beforehand. One call on one connection needs no more of HTTP/2 than {@link H2Call} speaks.
 */
record GrpcProbe(AppCalls calls, InetAddress app, GrpcProbeConfig config, String userAgent) {
    private static final String PATH = "/grpc.health.v1.Health/Check";

    /** Values of {@code HealthCheckResponse.ServingStatus}. */
    private static final List<String> STATUSES =
            List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");

    private static final int SERVING = 1;

    /** What gRPC's own numbers mean here, besides those that say enough by their message. */
    private static final Map<String, String> MEANINGS =
            Map.of(
                    "5", "the app does not know this service",
                    "12", "the app does not offer grpc.health.v1.Health");

    Outcome run(Duration timeout) throws IOException {
        InetSocketAddress address = new InetSocketAddress(app, config.port());
        return calls.call(address, timeout, socket -> ask(socket, timeout));
    }

    private Outcome ask(Socket socket, Duration timeout) throws IOException {
        String host = app.getHostAddress();
        String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + config.port();
        H2Call call =
                new H2Call(
                        new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
        H2Call.Reply reply =
                call.post(
                        List.of(
                                Map.entry(":method", "POST"),
                                Map.entry(":scheme", "http"),
                                Map.entry(":path", PATH),
                                Map.entry(":authority", authority),
                                Map.entry("content-type", "application/grpc"),
                                Map.entry("te", "trailers"),
                                Map.entry("user-agent", userAgent),
                                Map.entry("grpc-timeout", timeout.toMillis() + "m")),
                        ProtoText.request(config.service()));
        return judged(reply);
    }

    private static Outcome judged(H2Call.Reply reply) throws IOException {
        String status = reply.field("grpc-status");
        if (status.isEmpty()) {
            return Outcome.bad("no gRPC answer, HTTP status " + reply.field(":status"));
        }
        if (!status.equals("0")) {
            String meaning = MEANINGS.getOrDefault(status, reply.field("grpc-message"));
            return Outcome.bad("gRPC status " + status + (meaning.isEmpty() ? "" : ", " + meaning));
        }
        long serving = ProtoText.status(reply.body());
        String word = serving >= 0 && serving < STATUSES.size() ? STATUSES.get((int) serving) : "?";
        return serving == SERVING ? Outcome.good(word) : Outcome.bad(word);
    }

    /** The two messages of the call, in protobuf's encoding, framed as gRPC frames them. */
    private static final class ProtoText {
        private static final int PREFIX = 5;
        private static final int FIELD_1_TEXT = 0x0a;
        private static final int FIELD_1_NUMBER = 0x08;

        static byte[] request(String service) {
            byte[] text = service.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            if (text.length > 0) {
                message.write(FIELD_1_TEXT);
                for (int left = text.length; ; left >>>= 7) {
                    if (left < 0x80) {
                        message.write(left);
                        break;
                    }
                    message.write(left & 0x7f | 0x80);
                }
                message.writeBytes(text);
            }
            ByteBuffer framed = ByteBuffer.allocate(PREFIX + message.size());
            framed.put((byte) 0).putInt(message.size()).put(message.toByteArray());
            return framed.array();
        }

        /** The first field as a number; 0, which stands for UNKNOWN, if it is not there. */
        static long status(byte[] body) throws IOException {
            if (body.length < PREFIX || body[0] != 0) {
                throw new IOException("the gRPC answer is malformed");
            }
            int length = ByteBuffer.wrap(body, 1, 4).getInt();
            if (length != body.length - PREFIX) {
                throw new IOException("the gRPC answer is malformed");
            }
            if (length == 0) {
                return 0;
            }
            if (body[PREFIX] != FIELD_1_NUMBER) {
                throw new IOException("the gRPC answer is not one of grpc.health.v1");
            }
            return length > 1 ? body[PREFIX + 1] : 0;
        }
    }
}
