package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.exchange.TcpObserver;
import dev.outrider.sidecar.time.LazyTimer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One connection relayed: bytes from each end go to the other, and so does its end, until both have
 * ended or one breaks; then the other is broken too, by a RST. An end is read while the other can
 * take more; the client not before there is another. On the client's loop, where both ends live.
 */
final class TcpRelay implements TcpEnd.Owner, TcpTries.Owner {
    /** For the name of an address, and for what is known of that name. */
    private static final int MOST_WAITS = 2;

    private final TcpConnection connection;
    private final TcpRoute route;
    private final TcpForwarder.Context context;
    private final TcpObserver observer;
    private final TcpEnd client;

    /** What the client had sent before it was no longer read; bounded by that one read. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private final CertificateLife life = new CertificateLife();

    private @Nullable TcpEnd server;
    private @Nullable TcpTries tries;
    private TcpRoute.@Nullable To target;
    private @Nullable FirstLine firstLine;
    private @Nullable Member member;
    private @Nullable TcpFlow flow;
    private @Nullable LazyTimer silence;
    private long toldReceived;
    private long toldSent;
    private boolean told;
    private boolean over;

    TcpRelay(TcpConnection connection, TcpRoute route, TcpForwarder.Context context) {
        this.connection = connection;
        this.route = route;
        this.context = context;
        this.observer = context.observer();
        this.client = newEnd(false);
    }

    TcpEnd client() {
        return client;
    }

    private TcpEnd newEnd(boolean reading) {
        return new TcpEnd(this, (int) context.config().buffer(), reading);
    }

    // ---- the start

    @Override
    public void attached(TcpEnd end) {
        if (end == client) {
            begin(end.channel().eventLoop());
        } else {
            opened(end);
        }
    }

    private void begin(EventLoop loop) {
        flow = new TcpFlow(connection, null, context.ticker().nanos());
        silence = new LazyTimer(loop, context.ticker(), this::fellSilent);
        look(loop, MOST_WAITS);
    }

    private void look(EventLoop loop, int waits) {
        if (over) {
            return;
        }
        TcpRoute.Target next = waits > 0 ? route.find(connection) : route.findAtLast(connection);
        if (next instanceof TcpRoute.Later(CompletionStage<?> known)) {
            var _ = known.whenCompleteAsync((_, _) -> look(loop, waits - 1), loop);
        } else {
            found(next, loop);
        }
    }

    private void found(TcpRoute.Target found, EventLoop loop) {
        if (found instanceof TcpRoute.To to) {
            flow().service(to.service().name());
        }
        told = true;
        observer.opened(flow());
        switch (found) {
            case TcpRoute.Later _ -> finish(new Failure.NoRoute("raw TCP"));
            case TcpRoute.Nowhere(Failure failure) -> finish(failure);
            case TcpRoute.To chosen -> {
                target = chosen;
                firstLine = chosen.noHttp() ? new FirstLine() : null;
                life.restsOnPeer(client.ssl());
                TcpTries first =
                        new TcpTries(this, connection, chosen, () -> newEnd(true), loop, context);
                tries = first;
                hold(context.hold().apply(chosen.service()), loop, first);
            }
        }
    }

    /** An app that starts together with its sidecar need not know that; but not for ever. */
    private void hold(@Nullable CompletionStage<?> held, EventLoop loop, TcpTries first) {
        if (held == null) {
            first.start();
            return;
        }
        var _ = held.thenRunAsync(() -> released(first), loop);
    }

    private void released(TcpTries first) {
        if (!over) {
            first.start();
        }
    }

    @Override
    public void attempted(AttemptResult result) {
        flow().attempted(result);
    }

    @Override
    public void connected(Member connected, @Nullable Instant certificateEnd) {
        member = connected;
        life.restsOn(certificateEnd);
    }

    @Override
    public void notConnected(Failure failure) {
        finish(failure);
    }

    private void opened(TcpEnd end) {
        server = end;
        life.begin(end.channel().eventLoop(), context, this::certificateEnded);
        InetSocketAddress address = (InetSocketAddress) end.channel().remoteAddress();
        ByteBuf header =
                java.util.Objects.requireNonNull(target)
                        .proxyProtocol()
                        .header(connection, address, end.channel().alloc());
        if (header != null) {
            end.write(header);
        }
        for (ByteBuf each = early.poll(); each != null; each = early.poll()) {
            end.write(each);
        }
        end.flush();
        active();
        if (client.inputEnded()) {
            end.endOutput();
        } else {
            balance(client, end);
        }
    }

    // ---- bytes

    @Override
    public void received(TcpEnd from, ByteBuf bytes) {
        if (from == client) {
            flow().countReceived(bytes.readableBytes());
        } else {
            flow().countSent(bytes.readableBytes());
        }
        if (from == client && firstLine != null && isHttp(firstLine, bytes)) {
            bytes.release();
            finish(
                    new Failure.Refused(
                            403,
                            "access-denied",
                            "a request of HTTP came as raw bytes, which no filter sees"));
            return;
        }
        TcpEnd to = other(from);
        if (to == null) {
            early.add(bytes);
            return;
        }
        active();
        to.write(bytes);
        if (!to.writable()) {
            // What can leave at once shall; only what cannot stops the sender.
            to.flush();
            balance(from, to);
        }
    }

    private boolean isHttp(FirstLine line, ByteBuf bytes) {
        FirstLine.Verdict verdict = line.next(bytes);
        if (verdict == FirstLine.Verdict.OTHER) {
            firstLine = null;
        }
        return verdict == FirstLine.Verdict.HTTP;
    }

    @Override
    public void paused(TcpEnd from) {
        TcpEnd to = other(from);
        if (to != null) {
            to.flush();
        }
        tellMoved();
    }

    @Override
    public void writabilityChanged(TcpEnd to) {
        TcpEnd from = other(to);
        if (from != null && server != null) {
            balance(from, to);
        }
    }

    private void balance(TcpEnd from, TcpEnd to) {
        if (over) {
            return;
        }
        if (to.writable()) {
            from.resume();
        } else {
            from.pause();
        }
    }

    private @Nullable TcpEnd other(TcpEnd end) {
        return end == client ? server : client;
    }

    private void tellMoved() {
        TcpFlow current = flow();
        long received = current.receivedBytes() - toldReceived;
        long sent = current.sentBytes() - toldSent;
        if (received > 0 || sent > 0) {
            toldReceived += received;
            toldSent += sent;
            observer.moved(current, received, sent);
        }
    }

    private void active() {
        if (silence != null) {
            silence.in(context.config().idle().toNanos());
        }
    }

    // ---- the end

    @Override
    public void ended(TcpEnd from) {
        active();
        TcpEnd to = other(from);
        if (to != null) {
            to.endOutput();
        }
        checkFinished(from);
    }

    @Override
    public void delivered(TcpEnd to) {
        active();
        checkFinished(to);
    }

    private void checkFinished(TcpEnd end) {
        if (over || !end.finished()) {
            return;
        }
        end.close();
        TcpEnd other = other(end);
        if (other != null && other.finished()) {
            finish(null);
        }
    }

    @Override
    public void broken(TcpEnd end, String why) {
        boolean sent = member != null;
        if (end == client) {
            finish(new Failure.ClientGone(why, sent));
        } else {
            boolean answered = flow().sentBytes() > 0;
            finish(new Failure.UpstreamReset(endpoint(), why, sent, answered));
        }
    }

    private void fellSilent() {
        String text = "no byte came or went for " + context.config().idle().toSeconds() + " s";
        finish(new Failure.TimedOut(Failure.TimedOut.Phase.IDLE, text, true));
    }

    private void certificateEnded() {
        finish(
                new Failure.NotReady(
                        "certificate-ended", "a certificate the connection rested on has ended"));
    }

    private String endpoint() {
        return member == null ? "" : member.address();
    }

    /** Ends both connections and all accounts, once. */
    private void finish(@Nullable Failure failure) {
        if (over) {
            return;
        }
        over = true;
        if (!told) {
            observer.opened(flow());
        }
        if (silence != null) {
            silence.close();
        }
        life.stop();
        if (tries != null) {
            tries.end(failure);
        }
        early.forEach(ByteBuf::release);
        early.clear();
        end(client, failure);
        if (server != null) {
            end(server, failure);
        }
        tellMoved();
        flow().finished(failure, context.ticker().nanos());
        observer.finished(flow());
    }

    private static void end(TcpEnd end, @Nullable Failure failure) {
        if (failure == null) {
            // The one whose end came last has not been closed yet.
            end.close();
        } else {
            end.reset();
        }
    }

    private TcpFlow flow() {
        return java.util.Objects.requireNonNull(flow);
    }
}
