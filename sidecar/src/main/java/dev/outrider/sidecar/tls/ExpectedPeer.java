package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may answer for a destination. A pattern is a whole SPIFFE id or a prefix of one that ends in
 * {@code /*}: {@code spiffe://cluster.local/ns/shop/*} is a namespace, {@code
 * spiffe://cluster.local/*} the trust domain. Pure; any thread.
 */
public record ExpectedPeer(List<String> patterns) {
    private static final String ANY_BELOW = "/*";

    /** One pattern, for the destination's own configuration record to list. */
    public static final Schema<String> PATTERN =
            Schemas.scalar(
                    "SPIFFE id or prefix/*",
                    Map.of("type", "string", "pattern", "^spiffe://"),
                    "spiffe://cluster.local/*",
                    ExpectedPeer::checked);

    public ExpectedPeer {
        patterns = patterns.stream().map(ExpectedPeer::checked).toList();
        if (patterns.isEmpty()) {
            throw new IllegalArgumentException(
                    "name at least one identity that may answer, or spiffe://<trust domain>/*");
        }
    }

    public static ExpectedPeer exactly(Set<SpiffeId> ids) {
        return new ExpectedPeer(
                List.copyOf(new TreeSet<>(ids.stream().map(SpiffeId::toString).toList())));
    }

    public static ExpectedPeer anyOf(String trustDomain) {
        return new ExpectedPeer(List.of("spiffe://" + trustDomain + ANY_BELOW));
    }

    public boolean allows(SpiffeId id) {
        String text = id.toString();
        for (String pattern : patterns) {
            boolean matches =
                    pattern.endsWith(ANY_BELOW)
                            ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                            : text.equals(pattern);
            if (matches) {
                return true;
            }
        }
        return false;
    }

    /** Close the connection when this throws; the message is the sentence for the log. */
    public void check(TlsPeer peer) throws PeerRefused {
        if (!allows(peer.id())) {
            throw new PeerRefused(
                    TlsFailure.Reason.WRONG_IDENTITY,
                    "the server is %s, expected %s"
                            .formatted(peer.id(), String.join(" or ", patterns)));
        }
    }

    private static String checked(String pattern) {
        // A prefix is good if an id can begin with it.
        var _ =
                SpiffeId.parse(
                        pattern.endsWith(ANY_BELOW)
                                ? pattern.substring(0, pattern.length() - 1) + "x"
                                : pattern);
        return pattern;
    }
}
