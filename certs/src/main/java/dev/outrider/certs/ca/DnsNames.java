package dev.outrider.certs.ca;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The identities whose certificates carry DNS names too, for callers that know nothing of SPIFFE
 * ids, such as an API server that calls a webhook. The operator's list alone decides: a request
 * that asks for names is refused as ever.
 *
 * @param byPath by the path of the SPIFFE id, {@code /ns/…/sa/…}
 */
public record DnsNames(Map<String, List<String>> byPath) {
    public static final DnsNames NONE = new DnsNames(Map.of());

    private static final Pattern PATH =
            Pattern.compile("/?ns/[a-z0-9.-]{1,253}/sa/[a-z0-9.-]{1,253}");
    private static final Pattern NAME =
            Pattern.compile(
                    "(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+");

    public DnsNames {
        byPath = Map.copyOf(byPath);
    }

    /** Reads {@code ns/outrider-system/sa/outrider-injector=name.of.it}, any number of them. */
    public static DnsNames parse(List<String> entries) {
        Map<String, List<String>> byPath = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String path = equals < 0 ? "" : entry.substring(0, equals);
            String name = entry.substring(equals + 1).toLowerCase(Locale.ROOT);
            if (!PATH.matcher(path).matches() || !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "--dns-name '"
                                + entry
                                + "' must be like"
                                + " ns/outrider-system/sa/outrider-injector=outrider-injector.outrider-system.svc");
            }
            byPath.computeIfAbsent(path.startsWith("/") ? path : "/" + path, _ -> new ArrayList<>())
                    .add(name);
        }
        return new DnsNames(byPath);
    }

    List<String> of(String path) {
        return byPath.getOrDefault(path, List.of());
    }
}
