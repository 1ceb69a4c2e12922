package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import java.util.List;
import java.util.Locale;

/**
 * Takes out fields by which a sender could pass for somebody else: from the local app on its way
 * out, and from outside the mesh at the edge. First in the chain.
 */
public final class StripHeaders implements RequestFilter {
    private final String[] names;

    /** {@code also} beside {@code x-forwarded-client-cert} and the mesh's own token. */
    public StripHeaders(List<String> also) {
        this.names =
                java.util.stream.Stream.concat(
                                List.of(Xfcc.NAME, TokenHeader.DEFAULT_NAME).stream(),
                                also.stream())
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .distinct()
                        .toArray(String[]::new);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.request().headers();
        for (String name : names) {
            headers.removeSpellings(name);
        }
        return Verdict.CONTINUE;
    }
}
