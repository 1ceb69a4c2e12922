package dev.outrider.sidecar.body;

import dev.outrider.sidecar.body.RemoveFieldsConfig.Otherwise;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySource;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Takes fields out of JSON requests. The body is gathered once the upstream is there to take it, so
 * all of the forwarder's clocks run, and goes on in chunks, since its new length comes too late.
 */
final class RequestFieldsFilter implements RequestFilter {
    private final RemoveFieldsConfig config;
    private final FieldRemoval removal;
    private final Room room;

    RequestFieldsFilter(RemoveFieldsConfig config) {
        this.config = config;
        this.removal = new FieldRemoval(FieldPaths.of(config.paths()));
        this.room = new Room(config.maxMemory());
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        Headers headers = request.headers();
        long length = request.bodyLength();
        if (length == BodyLength.NONE
                || request.asksTunnel()
                || exchange.grpc()
                || !JsonHeads.isJson(headers)) {
            return Verdict.CONTINUE;
        }
        boolean readable = JsonHeads.isReadable(headers);
        if (readable && length <= config.maxSize()) {
            Removing removing = new Removing(exchange.body());
            exchange.edge().body(removing);
            exchange.edge().atEnd(removing.gathered::free);
            request.bodyOfUnknownLength();
            JsonHeads.forget(headers);
            return Verdict.CONTINUE;
        }
        if (config.otherwise() == Otherwise.PASS) {
            return Verdict.CONTINUE;
        }
        return new Verdict.Reject(
                readable
                        ? new Failure.BadRequest(413, "body-too-large", tooLarge())
                        : new Failure.BadRequest(
                                415,
                                "encoded-body",
                                "the body must be JSON in UTF-8, uncompressed"));
    }

    private String tooLarge() {
        return "the body is over " + config.maxSize() + " bytes";
    }

    private final class Removing extends BodyStage {
        private final Gathered gathered = new Gathered(room, (int) config.maxSize());
        private boolean passing;

        Removing(BodySource source) {
            super(source);
        }

        @Override
        void pass(ByteBuf chunk) {
            if (passing) {
                sink().data(chunk);
                return;
            }
            Gathered.Added added = gathered.add(chunk);
            if (added == Gathered.Added.YES) {
                chunk.release();
            } else if (config.otherwise() == Otherwise.PASS) {
                passing = true;
                sink().data(gathered.buffer());
                sink().data(chunk);
                gathered.free();
            } else {
                chunk.release();
                gathered.free();
                String why =
                        added == Gathered.Added.NO_ROOM
                                ? "too many bodies are being read at once"
                                : tooLarge();
                giveUp(new StreamError(StreamError.Kind.TOO_LARGE, why));
            }
        }

        @Override
        void passEnd(Headers trailers) {
            if (!passing) {
                ByteBuf changed = changed();
                gathered.free();
                if (changed == null) {
                    giveUp(new StreamError(StreamError.Kind.PROTOCOL, "the body is no JSON"));
                    return;
                }
                sink().data(changed);
                JsonHeads.forgetDigests(trailers);
            }
            sink().end(trailers);
        }

        private @Nullable ByteBuf changed() {
            try {
                return Unpooled.wrappedBuffer(removal.apply(gathered.bytes(), gathered.length()));
            } catch (IOException e) {
                return config.otherwise() == Otherwise.PASS ? gathered.buffer() : null;
            }
        }

        @Override
        void passFlush() {
            if (passing) {
                sink().flush();
            }
        }
    }
}
