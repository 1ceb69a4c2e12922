package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.SafePath;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Applies the access rules. Needs the peer's identity, and the token's claims if a rule asks for
 * them, so it stands below {@link PeerFilter} and {@link JwtFilter}.
 */
public final class AccessFilter implements RequestFilter {
    private final AccessRules rules;
    private final AuditSink sink;
    private final LongAdder allowed = new LongAdder();
    private final LongAdder denied = new LongAdder();
    private final LongAdder ambiguous = new LongAdder();
    private final LongAdder[] audited;

    public AccessFilter(AccessRules rules, AuditSink sink) {
        this.rules = rules;
        this.sink = sink;
        this.audited = new LongAdder[rules.auditNames().size()];
        Arrays.setAll(audited, i -> new LongAdder());
    }

    /** Takes what audit rules match, on the exchange's loop: it must not block. */
    @FunctionalInterface
    public interface AuditSink {
        void matched(String rule, Exchange exchange);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        String path = request.path();
        if (rules.onPaths()) {
            String normal = SafePath.normalise(path);
            if (normal == null) {
                ambiguous.increment();
                return new Verdict.Reject(
                        new Failure.BadRequest(
                                400,
                                "ambiguous-path",
                                "rules on paths cannot judge '" + path + "'"));
            }
            path = normal;
        }
        SpiffeId id = exchange.peer().id();
        Caller caller = exchange.caller();
        Map<String, Object> claims = caller == null ? Map.of() : caller.claims();
        if (audited.length > 0) {
            rules.audit(
                    id,
                    request.method(),
                    path,
                    claims,
                    (rule, place) -> {
                        audited[place].increment();
                        sink.matched(rule, exchange);
                    });
        }
        AccessRules.Decision decision = rules.decide(id, request.method(), path, claims);
        if (decision.allowed()) {
            allowed.increment();
            return Verdict.CONTINUE;
        }
        denied.increment();
        String who = id == null ? "a caller without an identity" : id.toString();
        String why =
                decision.rule().isEmpty()
                        ? "no rule allows "
                        : "rule '" + decision.rule() + "' denies ";
        return new Verdict.Reject(
                new Failure.Refused(
                        403, "access-denied", why + who + " " + request.method() + " " + path));
    }

    /** For metrics; {@code audited} by rule. */
    public record Counts(long allowed, long denied, long ambiguous, Map<String, Long> audited) {}

    public Counts counts() {
        Map<String, Long> byRule = new LinkedHashMap<>();
        List<String> names = rules.auditNames();
        for (int i = 0; i < audited.length; i++) {
            byRule.merge(names.get(i), audited[i].sum(), Long::sum);
        }
        return new Counts(allowed.sum(), denied.sum(), ambiguous.sum(), byRule);
    }
}
