package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.http.SafePath;

/**
 * A path, or with {@code /*} at its end that path and all below it. A trailing slash makes no
 * difference, since many apps make none. Matches normal forms of {@link SafePath}.
 */
record PathPattern(String base, boolean below) {
    static PathPattern parse(String text) {
        boolean below = text.endsWith("/*");
        String path = below ? text.substring(0, text.length() - 1) : text;
        String normal = SafePath.normalise(path);
        if (normal == null || normal.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "path '"
                            + text
                            + "' must be a plain absolute path; only /* at the end is a wildcard");
        }
        return new PathPattern(stripSlash(normal), below);
    }

    boolean matches(String path) {
        if (!path.startsWith(base)) {
            return false;
        }
        int rest = path.length() - base.length();
        return rest == 0 || path.charAt(base.length()) == '/' && (below || rest == 1);
    }

    private static String stripSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
