package dev.outrider.sidecar.body;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySource;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;

/**
 * Refuses larger request bodies with 413: at once where the head says so, else when too much has
 * come. The codec holds a body to the length that its head says.
 */
final class BodyLimitFilter implements RequestFilter {
    private final long most;

    BodyLimitFilter(long most) {
        this.most = most;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        if (request.asksTunnel()) {
            return Verdict.CONTINUE;
        }
        if (request.bodyLength() > most) {
            return new Verdict.Reject(new Failure.BadRequest(413, "body-too-large", sentence()));
        }
        if (request.bodyLength() == BodyLength.UNKNOWN) {
            exchange.edge().body(new Counted(exchange.body()));
        }
        return Verdict.CONTINUE;
    }

    private String sentence() {
        return "the body is over " + most + " bytes";
    }

    private final class Counted extends BodyStage {
        private long left = most;

        Counted(BodySource source) {
            super(source);
        }

        @Override
        void pass(ByteBuf chunk) {
            left -= chunk.readableBytes();
            if (left >= 0) {
                sink().data(chunk);
            } else {
                chunk.release();
                giveUp(new StreamError(StreamError.Kind.TOO_LARGE, sentence()));
            }
        }
    }
}
