package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.QuotaLeft;
import dev.outrider.sidecar.http.Headers;
import java.util.List;

/** Tells a client what it may and has left. */
record QuotaFields(List<LimitFilter.Use> uses, RateLimitFields form) {
    /** Remembers the tightest quota of a decision for {@link #write}, unless there is a tighter. */
    void note(Exchange exchange, Ask ask, int i, Object by) {
        if (form == RateLimitFields.NONE) {
            return;
        }
        Quota quota = ask.quota(i);
        QuotaLeft left =
                new QuotaLeft(
                        quota.policy(),
                        quota.rule().limit(),
                        Math.max(0, ask.remaining(i)),
                        Math.max(0, ask.wait(i)),
                        ask.reset(i),
                        by);
        QuotaLeft before = exchange.quotaLeft();
        if (before == null || left.tighter(before)) {
            exchange.edge().quotaLeft(left);
        }
    }

    /** Several filters may have limited a request; the one with the tightest quota names it. */
    void write(Exchange exchange, Headers headers, Object by) {
        QuotaLeft left = exchange.quotaLeft();
        if (left == null || form == RateLimitFields.NONE) {
            return;
        }
        if (form.draft()) {
            policies(exchange, headers);
        }
        if (!left.by().equals(by)) {
            return;
        }
        if (form.draft()) {
            headers.set(
                    "RateLimit",
                    '"' + left.policy() + "\";r=" + left.remaining() + ";t=" + left.seconds());
        }
        if (form.legacy()) {
            headers.set("X-RateLimit-Limit", left.limit());
            headers.set("X-RateLimit-Remaining", left.remaining());
            headers.set("X-RateLimit-Reset", left.seconds());
        }
    }

    /** A list field may come in several lines; limits that only count are nobody's business. */
    private void policies(Exchange exchange, Headers headers) {
        for (int i = 0; i < uses.size(); i++) {
            Limit limit = uses.get(i).limit();
            if (!limit.config().dryRun()) {
                headers.add("RateLimit-Policy", limit.tier(exchange).policies());
            }
        }
    }
}
