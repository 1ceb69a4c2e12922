package dev.outrider.examples.training;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;

/** A request, and the status that its answer is to have. */
record TrainingRequest(
        HttpMethod method, String path, Map<String, String> fields, ByteBuf body, int status) {
    static final String GRPC = "application/grpc";

    private static final ByteBuf MESSAGE =
            Unpooled.unreleasableBuffer(
                            Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 3, 'a', 'b', 'c'}))
                    .asReadOnly();

    TrainingRequest {
        fields = Map.copyOf(fields);
    }

    static TrainingRequest get(String path, Map<String, String> fields, int status) {
        return new TrainingRequest(HttpMethod.GET, path, fields, Unpooled.EMPTY_BUFFER, status);
    }

    /** For HTTP/2 only. */
    static TrainingRequest grpc(String path, Map<String, String> fields, int status) {
        return new TrainingRequest(HttpMethod.POST, path, fields, MESSAGE, status);
    }

    static boolean isGrpc(HttpMessage message) {
        return GRPC.equals(message.headers().get(HttpHeaderNames.CONTENT_TYPE));
    }

    FullHttpRequest message(String host) {
        FullHttpRequest message =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, body.duplicate());
        message.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.USER_AGENT, "training")
                .set(HttpHeaderNames.ACCEPT, "*/*");
        fields.forEach((name, value) -> message.headers().set(name, value));
        if (body.isReadable()) {
            message.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, GRPC)
                    .set(HttpHeaderNames.TE, "trailers");
        }
        return message;
    }
}
