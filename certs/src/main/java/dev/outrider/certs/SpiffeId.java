package dev.outrider.certs;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A workload's identity, {@code spiffe://<trust domain>/<path>} (SPIFFE-ID specification, section
 * 2). The path is kept with its leading slash; the mesh issues {@code /ns/<namespace>/sa/<service
 * account>} but accepts any well-formed path of a foreign trust domain.
 */
public record SpiffeId(String trustDomain, String path) {
    private static final String SCHEME = "spiffe://";
    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");
    private static final int LONGEST = 2048;

    public SpiffeId {
        // First, since a pattern may go as deep as its text is long.
        if (SCHEME.length() + trustDomain.length() + path.length() > LONGEST) {
            throw new IllegalArgumentException("a SPIFFE id has at most " + LONGEST + " bytes");
        }
        if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
            throw new IllegalArgumentException(
                    "trust domain '" + trustDomain + "' may hold only a-z 0-9 . _ and -");
        }
        if (!PATH.matcher(path).matches() || path.contains("/../") || path.contains("/./")) {
            throw new IllegalArgumentException(
                    "path '" + path + "' of a SPIFFE id must be /segments of A-Z a-z 0-9 . _ -");
        }
        if (path.endsWith("/.") || path.endsWith("/..")) {
            throw new IllegalArgumentException("path '" + path + "' has a relative segment");
        }
    }

    /** The id of a Kubernetes service account, in the form Istio and SPIRE use too. */
    public static SpiffeId of(String trustDomain, String namespace, String serviceAccount) {
        return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + serviceAccount);
    }

    /** Parses {@code spiffe://…}; anything else is an {@link IllegalArgumentException}. */
    public static SpiffeId parse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            throw new IllegalArgumentException("'" + uri + "' does not start with " + SCHEME);
        }
        int slash = uri.indexOf('/', SCHEME.length());
        if (slash < 0) {
            throw new IllegalArgumentException("'" + uri + "' names a trust domain, no workload");
        }
        return new SpiffeId(uri.substring(SCHEME.length(), slash), uri.substring(slash));
    }

    /** The namespace of a {@code /ns/…/sa/…} path, else null. */
    public @Nullable String namespace() {
        String[] parts = path.split("/", -1);
        return parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa")
                ? parts[2]
                : null;
    }

    /** The service account of a {@code /ns/…/sa/…} path, else null. */
    public @Nullable String serviceAccount() {
        String[] parts = path.split("/", -1);
        return parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa")
                ? parts[4]
                : null;
    }

    @Override
    public String toString() {
        return SCHEME + trustDomain + path;
    }
}
