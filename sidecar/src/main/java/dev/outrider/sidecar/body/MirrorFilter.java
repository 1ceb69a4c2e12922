package dev.outrider.sidecar.body;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySource;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.time.Ticker;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Copies requests to another service. Above the identity token, which is meant for the real one
 * alone. The body is copied as it passes, and the copy goes out when it is whole.
 */
public final class MirrorFilter implements RequestFilter {
    private final MirrorConfig config;
    private final FilterChain mirror;
    private final Ticker ticker;
    private final Supplier<RandomGenerator> random;
    private final AtomicInteger places;
    private final MirrorCounts counts;

    /**
     * @param mirror gets an exchange with the other service as its {@link Exchange#service}
     * @param random asked on event loops
     */
    public MirrorFilter(
            MirrorConfig config,
            FilterChain mirror,
            Ticker ticker,
            Supplier<RandomGenerator> random,
            MirrorCounts counts) {
        this.config = config;
        this.mirror = mirror;
        this.ticker = ticker;
        this.random = random;
        this.counts = counts;
        this.places = new AtomicInteger(config.maxAtOnce());
    }

    /** Copies under way. */
    public int underWay() {
        return config.maxAtOnce() - places.get();
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        if (request.asksTunnel()
                || config.share() < 1 && random.get().nextDouble() >= config.share()) {
            return Verdict.CONTINUE;
        }
        // A stream of messages may never end, and would be whole too late to be of use.
        if (exchange.grpc() || request.bodyLength() > config.maxBody() || !take()) {
            counts.leave();
            return Verdict.CONTINUE;
        }
        Copy copy = new Copy(exchange);
        if (request.bodyLength() == BodyLength.NONE) {
            copy.complete(new byte[0], 0);
        } else {
            exchange.edge().body(new Tee(exchange.body(), copy));
        }
        // However the real one ends: nobody else says that the rest of its body will not come.
        exchange.edge().atEnd(copy::abandon);
        return Verdict.CONTINUE;
    }

    private boolean take() {
        if (places.decrementAndGet() >= 0) {
            return true;
        }
        places.incrementAndGet();
        return false;
    }

    /** A place among those at once; given back once. */
    private final class Copy {
        private final Exchange real;
        private final RequestHead head;
        private boolean complete;
        private boolean over;

        /** Of the head as it is now: what stands below is for the real service. */
        Copy(Exchange real) {
            this.real = real;
            this.head = real.request().copy();
        }

        void abandon() {
            if (!complete && !over) {
                over = true;
                counts.leave();
                places.incrementAndGet();
            }
        }

        /** Later, so that the real one goes first. */
        void complete(byte[] body, int length) {
            if (!over) {
                complete = true;
                real.stream().loop().execute(() -> send(body, length));
            }
        }

        private void send(byte[] body, int length) {
            counts.send();
            Exchange copied =
                    new Exchange(
                            real.direction(),
                            real.peer(),
                            head(length),
                            new MirrorStream(
                                    real.stream().loop(),
                                    body,
                                    length,
                                    config.timeout(),
                                    places::incrementAndGet),
                            ticker.nanos());
            copied.service(config.service());
            copied.limit(config.timeout().toNanos());
            copied.edge().client(real.client());
            if (real.caller() != null) {
                copied.caller(real.caller());
            }
            if (real.trace() != null) {
                copied.trace(real.trace());
            }
            if (real.route() != null) {
                copied.edge().route(real.route());
            }
            if (real.matchedPath() != null) {
                copied.edge().matchedPath(real.matchedPath());
            }
            mirror.start(copied);
        }

        private RequestHead head(int length) {
            Headers headers = head.headers();
            headers.remove("expect");
            headers.set("X-Outrider-Mirrored", "true");
            if (length > 0) {
                headers.set("Content-Length", length);
            }
            return new RequestHead(
                    head.method(),
                    head.target(),
                    head.authority(),
                    headers,
                    length,
                    head.version(),
                    null);
        }
    }

    /** Lets everything pass, and copies what fits. */
    private final class Tee extends BodyStage {
        // The places are the bound for all of them.
        private final Gathered gathered =
                new Gathered(new Room(config.maxBody()), (int) config.maxBody());
        private final Copy copy;

        Tee(BodySource source, Copy copy) {
            super(source);
            this.copy = copy;
        }

        @Override
        void pass(ByteBuf chunk) {
            if (!copy.over && gathered.add(chunk) != Gathered.Added.YES) {
                copy.abandon();
            }
            sink().data(chunk);
        }

        @Override
        void passEnd(Headers trailers) {
            copy.complete(gathered.bytes(), gathered.length());
            sink().end(trailers);
        }
    }
}
