package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a filter wants done with a request. */
public sealed interface Verdict {
    /** On to the next filter. */
    Verdict CONTINUE = new Continue();

    /** Use {@link #CONTINUE}. */
    record Continue() implements Verdict {}

    /** The request ends here, as that failure. */
    record Reject(Failure failure) implements Verdict {}

    /**
     * The request ends here with this response; {@code body} may be empty and is not changed later.
     */
    record Answer(ResponseHead head, byte[] body) implements Verdict {}

    /**
     * On to these filters and that upstream, in place of all that would have followed; what has run
     * is still asked about the response. So a route has what only it needs.
     */
    record Branch(List<RequestFilter> filters, Upstream upstream) implements Verdict {}

    /**
     * The verdict comes later, from any thread. The stage must complete within a deadline of its
     * own; an exception counts as a bug.
     */
    record Await(CompletionStage<Verdict> verdict) implements Verdict {}
}
