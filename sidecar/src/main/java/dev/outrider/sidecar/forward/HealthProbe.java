package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.HealthConfig;
import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.Timers;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One GET to one member; its verdict is told once. On the probes' loop. */
final class HealthProbe implements Connecting.Waiter, ClientStream.Listener {
    private static final Consumer<Boolean> NOBODY = _ -> {};

    private final Service service;
    private final Worker worker;
    private final Member member;
    private final HealthConfig config;
    private final Timers.Timer timer = new Timers.Timer(this::timedOut);
    private Consumer<Boolean> told;
    private @Nullable Connecting connecting;
    private @Nullable ClientStream stream;

    HealthProbe(
            Service service,
            Worker worker,
            Member member,
            HealthConfig config,
            Consumer<Boolean> told) {
        this.service = service;
        this.worker = worker;
        this.member = member;
        this.config = config;
        this.told = told;
    }

    void start() {
        worker.timers.arm(timer, worker.ticker.nanos() + config.timeout().toNanos());
        connect();
    }

    private void connect() {
        ConnectionPool pool = worker.pool(service, member, kind());
        PooledConnection free = pool.take();
        if (free == null) {
            connecting = pool.connect(this);
        } else {
            connected(free);
        }
    }

    private ConnectionKind kind() {
        return service.config().call().protocol() == UpstreamProtocol.HTTP2
                ? ConnectionKind.HTTP_2
                : ConnectionKind.HTTP_1;
    }

    @Override
    public void filled() {
        connect();
    }

    private void tell(boolean good) {
        worker.timers.disarm(timer);
        Consumer<Boolean> listener = told;
        told = NOBODY;
        listener.accept(good);
    }

    private void timedOut() {
        if (stream != null) {
            stream.cancel(new StreamError(StreamError.Kind.TIMED_OUT, "the probe took too long"));
        } else if (connecting != null) {
            connecting.leave(this);
        }
        tell(false);
    }

    @Override
    public void connected(PooledConnection connection) {
        ClientStream opened = connection.open(this);
        stream = opened;
        Headers headers = new Headers();
        headers.add("Host", service.config().hosts().getFirst());
        headers.add("User-Agent", "outrider-health");
        opened.request(
                new RequestHead(
                        "GET",
                        config.path(),
                        service.config().hosts().getFirst(),
                        headers,
                        BodyLength.NONE),
                true);
        opened.flush();
    }

    @Override
    public void notConnected(Failure failure) {
        if (failure instanceof Failure.NotReady) {
            worker.timers.disarm(timer);
            told = NOBODY;
            return; // our own certificate is missing, which says nothing of the member
        }
        tell(false);
    }

    @Override
    public void onInformational(ResponseHead head) {}

    @Override
    public void onResponse(ResponseHead head, boolean last) {
        tell(config.good(head.status()));
        if (!last && stream != null) {
            // The status is all that is asked for; a body may be long, or never end.
            stream.cancel(new StreamError(StreamError.Kind.CANCELLED, "the probe has its answer"));
        }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onError(StreamError error, boolean sent) {
        tell(false);
    }

    @Override
    public void data(ByteBuf chunk) {
        chunk.release();
    }

    @Override
    public void end(Headers trailers) {}

    @Override
    public void flush() {}
}
