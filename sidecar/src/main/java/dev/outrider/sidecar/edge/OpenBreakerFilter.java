package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import java.nio.charset.StandardCharsets;

/** Has a call tried although the breaker is open, or answers it in the service's place. */
final class OpenBreakerFilter implements RequestFilter {
    private final OpenBreakerConfig config;
    private final byte[] body;

    OpenBreakerFilter(OpenBreakerConfig config) {
        this.config = config;
        this.body = config.body().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        if (config.then() == OpenBreakerConfig.Then.TRY) {
            exchange.edge().makeCritical();
        }
        return Verdict.CONTINUE;
    }

    @Override
    public Verdict onFailure(Exchange exchange, Failure failure) {
        if (config.then() != OpenBreakerConfig.Then.ANSWER
                || !(failure instanceof Failure.CircuitOpen)) {
            return Verdict.CONTINUE;
        }
        Headers headers = new Headers();
        headers.add("Content-Type", config.contentType());
        headers.add("Content-Length", body.length);
        headers.add(
                "Proxy-Status", "outrider; error=proxy_internal_response; details=\"fallback\"");
        return new Verdict.Answer(new ResponseHead(config.status(), headers, body.length), body);
    }
}
