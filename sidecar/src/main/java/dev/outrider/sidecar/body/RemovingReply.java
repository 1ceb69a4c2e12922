package dev.outrider.sidecar.body;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds a JSON response back until it is whole, and sends it on without some fields. Until then the
 * client has been sent nothing, so what goes wrong becomes an error response.
 */
final class RemovingReply implements Upstream.Reply, Upstream.Listener {
    private enum State {
        /** No head has come, or one that this has no business with. */
        PASSING,
        GATHERING,
        /** Refused: what the upstream still says reaches nobody. */
        OVER
    }

    private final ResponseFields to;
    private final Exchange exchange;
    private final Upstream.Reply client;
    private Upstream.@Nullable Listener upstream;
    private State state = State.PASSING;
    private @Nullable ResponseHead held;
    private @Nullable Gathered gathered;

    RemovingReply(ResponseFields to, Exchange exchange, Upstream.Reply client) {
        this.to = to;
        this.exchange = exchange;
        this.client = client;
    }

    @Override
    public void informational(ResponseHead head) {
        client.informational(head);
    }

    @Override
    public void head(ResponseHead head, boolean last) {
        Headers headers = head.headers();
        if (state == State.OVER) {
            return;
        }
        if (head.status() == 101 || !JsonHeads.isJson(headers)) {
            client.head(head, last);
            return;
        }
        if (last) {
            // Of HEAD and 304 the fields are those of a body that is not sent so.
            JsonHeads.weaken(headers);
            if (exchange.request().method().equals("HEAD") || head.status() == 304) {
                JsonHeads.forget(headers);
            }
            client.head(head, true);
            return;
        }
        long most = to.config().maxSize();
        if (head.bodyLength() <= most && head.status() != 206 && JsonHeads.isReadable(headers)) {
            held = head;
            gathered = new Gathered(to.room(), (int) most);
            state = State.GATHERING;
        } else if (to.passes()) {
            client.head(head, false);
        } else {
            refuse("its body is over " + most + " bytes, encoded or a part");
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        switch (state) {
            case PASSING -> client.data(chunk);
            case OVER -> chunk.release();
            case GATHERING -> {
                Gathered.Added added = Objects.requireNonNull(gathered).add(chunk);
                if (added == Gathered.Added.YES) {
                    chunk.release();
                } else if (to.passes()) {
                    passUnread();
                    client.data(chunk);
                } else {
                    chunk.release();
                    refuse(added);
                }
            }
        }
    }

    private void refuse(Gathered.Added why) {
        if (why == Gathered.Added.NO_ROOM) {
            String service = String.valueOf(exchange.service());
            String sentence = "too many bodies are being read at once";
            refuse(new Failure.BulkheadFull(service, sentence), sentence);
        } else {
            refuse("its body is over " + to.config().maxSize() + " bytes");
        }
    }

    @Override
    public void end(Headers trailers) {
        if (state == State.GATHERING) {
            finish(trailers);
        } else if (state == State.PASSING) {
            client.end(trailers);
        }
    }

    private void finish(Headers trailers) {
        Gathered body = Objects.requireNonNull(gathered);
        byte[] changed;
        try {
            changed = to.removal().apply(body.bytes(), body.length());
        } catch (IOException e) {
            if (to.passes()) {
                passUnread();
                client.end(trailers);
            } else {
                refuse("its body is no JSON");
            }
            return;
        }
        state = State.PASSING;
        free();
        ResponseHead old = Objects.requireNonNull(held);
        Headers headers = old.headers();
        JsonHeads.forget(headers);
        JsonHeads.weaken(headers);
        headers.add("Content-Length", changed.length);
        client.head(new ResponseHead(old.status(), headers, changed.length), changed.length == 0);
        if (changed.length > 0) {
            JsonHeads.forgetDigests(trailers);
            client.data(Unpooled.wrappedBuffer(changed));
            client.end(trailers);
        }
    }

    /** As it came. */
    private void passUnread() {
        ByteBuf body = Objects.requireNonNull(gathered).buffer();
        state = State.PASSING;
        free();
        client.head(Objects.requireNonNull(held), false);
        client.data(body);
    }

    private void refuse(String why) {
        refuse(new Failure.UpstreamProtocol(String.valueOf(exchange.service()), why), why);
    }

    private void refuse(Failure failure, String why) {
        state = State.OVER;
        free();
        if (upstream != null) {
            upstream.onClientGone(new StreamError(StreamError.Kind.CANCELLED, why));
        }
        client.fail(failure);
    }

    /** Whatever was gathered is let go; may be called again, and is at the exchange's end. */
    void free() {
        Gathered body = gathered;
        gathered = null;
        if (body != null) {
            body.free();
        }
    }

    @Override
    public void flush() {
        if (state == State.PASSING) {
            client.flush();
        }
    }

    /** While it is gathered the client cannot be too slow. */
    @Override
    public boolean writable() {
        return state != State.PASSING || client.writable();
    }

    @Override
    public void fail(Failure failure) {
        if (state != State.OVER) {
            state = State.OVER;
            free();
            client.fail(failure);
        }
    }

    @Override
    public void listener(Upstream.Listener listener) {
        upstream = listener;
        client.listener(this);
    }

    @Override
    public void onWritable() {
        if (upstream != null) {
            upstream.onWritable();
        }
    }

    @Override
    public void onClientGone(StreamError error) {
        boolean told = state == State.OVER;
        state = State.OVER;
        free();
        if (upstream != null && !told) {
            upstream.onClientGone(error);
        }
    }
}
