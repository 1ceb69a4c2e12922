package dev.outrider.sidecar.body;

import dev.outrider.sidecar.body.RemoveFieldsConfig.Otherwise;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.http.Headers;

/**
 * Takes fields out of JSON responses. The upstream is asked for the whole body and uncompressed,
 * since nothing else can be read; what comes otherwise is refused, for a leak would be worse.
 */
final class ResponseFields implements Upstream {
    private final RemoveFieldsConfig config;
    private final FieldRemoval removal;
    private final Upstream upstream;
    private final Room room;

    ResponseFields(RemoveFieldsConfig config, Upstream upstream) {
        this.config = config;
        this.removal = new FieldRemoval(FieldPaths.of(config.paths()));
        this.upstream = upstream;
        this.room = new Room(config.maxMemory());
    }

    @Override
    public void forward(Exchange exchange, Reply reply) {
        if (exchange.grpc() || exchange.request().asksTunnel()) {
            upstream.forward(exchange, reply);
            return;
        }
        Headers headers = exchange.request().headers();
        headers.set("Accept-Encoding", "identity");
        headers.remove("range");
        headers.remove("if-range");
        RemovingReply removing = new RemovingReply(this, exchange, reply);
        exchange.edge().atEnd(removing::free);
        upstream.forward(exchange, removing);
    }

    RemoveFieldsConfig config() {
        return config;
    }

    boolean passes() {
        return config.otherwise() == Otherwise.PASS;
    }

    Room room() {
        return room;
    }

    FieldRemoval removal() {
        return removal;
    }
}
