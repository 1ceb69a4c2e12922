package dev.outrider.certs.ca;

import dev.outrider.certs.RevokedList;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What the server counts and how its state stands, in Prometheus' text format. Reasons are the
 * server's own constants, so that callers cannot make series. Any thread.
 */
final class CaMetrics {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final LiveAuthority live;
    private final Supplier<RevokedList> revoked;
    private final Map<String, LongAdder> issued = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

    CaMetrics(LiveAuthority live, Supplier<RevokedList> revoked) {
        this.live = live;
        this.revoked = revoked;
        issued.put("svid", new LongAdder());
        issued.put("jwt", new LongAdder());
    }

    void issued(String kind) {
        count(issued, kind);
    }

    void refused(String reason) {
        count(refused, reason);
    }

    String text(Instant now) {
        StringBuilder text = new StringBuilder();
        counters(text, "outrider_ca_issued_total", "Given out.", "kind", issued);
        counters(text, "outrider_ca_refused_total", "Refused.", "reason", refused);
        RevokedList list = revoked.get();
        gauge(
                text,
                "outrider_ca_revoked",
                "Identities and certificates for which nothing is signed.",
                list.size());
        gauge(
                text,
                "outrider_ca_revoked_unread",
                "Lines of that list that revoke nothing, as they are no id, serial or SHA-256.",
                list.unread().size());
        signing(text, now);
        standing(text);
        return text.toString();
    }

    /** What is signed with, and for how long. */
    private void signing(StringBuilder text, Instant now) {
        AuthorityState state = live.state();
        Issuer signs = state.signing(now);
        gauge(
                text,
                "outrider_ca_root_expires_timestamp_seconds",
                "Of the root that signs.",
                end(signs.root()));
        gauge(
                text,
                "outrider_ca_intermediate_expires_timestamp_seconds",
                "Of the intermediate that signs.",
                end(signs.intermediate()));
        gauge(
                text,
                "outrider_ca_root_replacement_phase",
                "0 none, 1 announced, 2 the new root signs, 3 the old one is dropped.",
                state.rotation().map(under -> under.phase(now).ordinal() + 1).orElse(0));
    }

    /** What the authority knows of itself. */
    private void standing(StringBuilder text) {
        gauge(
                text,
                "outrider_ca_state_confirmed_timestamp_seconds",
                "Up to when the state is known to be the newest.",
                live.confirmed().getEpochSecond());
        gauge(
                text,
                "outrider_ca_bundle_undelivered",
                "1 while somebody has not got the newest trust bundle.",
                live.undelivered().isPresent() ? 1 : 0);
        gauge(
                text,
                "outrider_ca_worries",
                "What the authority cannot mend by itself; its log says what.",
                live.worries().size());
        gauge(
                text,
                "outrider_ca_can_sign",
                "1 while certificates can be given out.",
                live.cannotSign().isPresent() ? 0 : 1);
    }

    private static void count(Map<String, LongAdder> counters, String label) {
        counters.computeIfAbsent(label, _ -> new LongAdder()).increment();
    }

    private static void counters(
            StringBuilder text, String name, String help, String label, Map<String, LongAdder> of) {
        head(text, name, help, "counter");
        new TreeMap<>(of)
                .forEach((value, count) ->
                        text.append(name)
                                .append('{')
                                .append(label)
                                .append("=\"")
                                .append(value)
                                .append("\"} ")
                                .append(count.sum())
                                .append('\n'));
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        head(text, name, help, "gauge");
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder text, String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static long end(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().getEpochSecond();
    }
}
