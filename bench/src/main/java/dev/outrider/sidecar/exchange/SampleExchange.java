package dev.outrider.sidecar.exchange;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/** Exchanges that no network carries, for benchmarks of what handles them. */
public final class SampleExchange {
    public static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    private static final InetSocketAddress CLIENT = new InetSocketAddress("10.1.2.3", 40123);
    private static final ServerStream STREAM = new SilentStream();

    private SampleExchange() {}

    /** As a client of the mesh sends them: eight fields. */
    public static Headers headers() {
        Headers headers = new Headers();
        headers.add("Host", "orders.shop.svc.cluster.local");
        headers.add("User-Agent", "okhttp/5.1.0");
        headers.add("Accept", "application/json");
        headers.add("Accept-Encoding", "gzip");
        headers.add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
        headers.add("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e");
        headers.add("X-Forwarded-For", "203.0.113.7");
        headers.add("Cookie", "session=8d0f; theme=dark");
        return headers;
    }

    public static RequestHead head(Headers headers) {
        return new RequestHead(
                "GET", "/orders/4711?expand=lines", "orders.shop.svc.cluster.local", headers, 0);
    }

    public static Exchange of(Direction direction, RequestHead head) {
        Peer peer =
                direction == Direction.INBOUND
                        ? new Peer(CLIENT, true, WEB, "ab12", "CN=web")
                        : Peer.plain(CLIENT);
        return new Exchange(direction, peer, head, STREAM, 0);
    }

    public static Exchange of(Direction direction) {
        return of(direction, head(headers()));
    }

    /** Takes everything, and tells nobody. */
    private static final class SilentStream implements ServerStream {
        @Override
        public EventLoop loop() {
            throw new UnsupportedOperationException("there is no loop");
        }

        @Override
        public void receive(BodySink sink) {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void informational(ResponseHead head) {}

        @Override
        public void respond(ResponseHead head, boolean last) {}

        @Override
        public void data(ByteBuf chunk) {
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {}

        @Override
        public void flush() {}

        @Override
        public void reset(StreamError error) {}

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void listener(Listener listener) {}
    }
}
