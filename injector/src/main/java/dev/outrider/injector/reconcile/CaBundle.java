package dev.outrider.injector.reconcile;

import dev.outrider.certs.Pem;
import dev.outrider.certs.kubernetes.Fields;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each entry of a webhook's configuration has to trust: the roots of today and tomorrow, and
 * for a while those of yesterday, since other replicas may still show a certificate of theirs.
 * Confined to one thread.
 */
final class CaBundle {
    /** Replicas follow a changed root within minutes; files of a Secret come within two. */
    static final Duration OVERLAP = Duration.ofHours(1);

    /** Since when a root is only there because it was. */
    private final Map<X509Certificate, Instant> leaving = new HashMap<>();

    /**
     * The JSON patch that puts every entry right; empty when all are.
     *
     * @param wanted the roots, at least one
     */
    List<Map<String, @Nullable Object>> patch(
            Map<String, @Nullable Object> configuration,
            List<X509Certificate> wanted,
            Instant now) {
        List<Map<String, @Nullable Object>> steps = new ArrayList<>();
        Set<X509Certificate> seen = new LinkedHashSet<>();
        List<@Nullable Object> entries = Fields.list(configuration, "webhooks");
        for (int index = 0; index < entries.size(); index++) {
            List<X509Certificate> present = roots(entries.get(index));
            seen.addAll(present);
            Set<X509Certificate> right = right(present, wanted, now);
            // Another order or another spelling of the same roots is left as it is.
            if (!right.equals(Set.copyOf(present)) || !whole(entries.get(index))) {
                String name = Fields.text(entries.get(index), "name").orElse("");
                String base = "/webhooks/" + index;
                steps.add(step("test", base + "/name", name));
                steps.add(
                        step(
                                "add",
                                base + "/clientConfig/caBundle",
                                encode(new ArrayList<>(right))));
            }
        }
        leaving.keySet().removeIf(root -> !seen.contains(root) || wanted.contains(root));
        return steps;
    }

    /** The roots that all entries trust; what one of them lacks fails that one's calls. */
    static List<X509Certificate> trusted(Map<String, @Nullable Object> configuration) {
        @Nullable Set<X509Certificate> all = null;
        for (Object entry : Fields.list(configuration, "webhooks")) {
            List<X509Certificate> present = roots(entry);
            if (all == null) {
                all = new LinkedHashSet<>(present);
            } else {
                all.retainAll(present);
            }
        }
        return all == null ? List.of() : List.copyOf(all);
    }

    private Set<X509Certificate> right(
            List<X509Certificate> present, List<X509Certificate> wanted, Instant now) {
        Set<X509Certificate> right = new LinkedHashSet<>(wanted);
        for (X509Certificate root : present) {
            if (!wanted.contains(root)) {
                Instant since = leaving.computeIfAbsent(root, _ -> now);
                if (now.isBefore(since.plus(OVERLAP))
                        && now.isBefore(root.getNotAfter().toInstant())) {
                    right.add(root);
                }
            }
        }
        return right;
    }

    /** None when there are none, or when what is there is no bundle. */
    private static List<X509Certificate> roots(@Nullable Object entry) {
        String text = Fields.text(entry, "clientConfig", "caBundle").orElse("");
        try {
            byte[] pem = Base64.getDecoder().decode(text);
            return Pem.certificates(new String(pem, StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private static boolean whole(@Nullable Object entry) {
        return !Fields.text(entry, "clientConfig", "caBundle").orElse("").isEmpty();
    }

    private static String encode(List<X509Certificate> roots) {
        return Base64.getEncoder()
                .encodeToString(Pem.encode(roots).getBytes(StandardCharsets.US_ASCII));
    }

    private static Map<String, @Nullable Object> step(String operation, String path, String value) {
        Map<String, @Nullable Object> step = new LinkedHashMap<>();
        step.put("op", operation);
        step.put("path", path);
        step.put("value", value);
        return step;
    }
}
