package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.SafePath;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A path whose segments are plain, or {@code {name}} for any one segment, or at its end {@code
 * {name...}} for all that follows, if anything does.
 *
 * @param segments a plain segment, or a name in braces
 * @param rest the name of what follows, null without
 */
record PathTemplate(List<String> segments, @Nullable String rest) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * @throws IllegalArgumentException if it is none
     */
    static PathTemplate parse(String text) {
        List<String> segments = new ArrayList<>();
        List<String> names = new ArrayList<>();
        String rest = null;
        if (!text.startsWith("/")) {
            throw wrong(text, "it must begin with /");
        }
        String[] parts = text.equals("/") ? new String[0] : text.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            boolean last = i == parts.length - 1;
            if (part.isEmpty() && last && i > 0) {
                break;
            }
            if (!part.startsWith("{") || !part.endsWith("}")) {
                segments.add(plain(part, text));
                continue;
            }
            boolean all = part.endsWith("...}");
            String name = part.substring(1, part.length() - (all ? 4 : 1));
            if (!NAME.matcher(name).matches() || names.contains(name)) {
                throw wrong(text, "'" + part + "' must have a name of its own in the braces");
            }
            if (all && !last) {
                throw wrong(text, "'" + part + "' may only stand at the end");
            }
            names.add(name);
            if (all) {
                rest = name;
            } else {
                segments.add(part);
            }
        }
        return new PathTemplate(List.copyOf(segments), rest);
    }

    private static String plain(String part, String text) {
        String path = "/" + part;
        if (part.indexOf('{') >= 0
                || part.indexOf('}') >= 0
                || part.isEmpty()
                || !path.equals(SafePath.normalise(path))) {
            throw wrong(
                    text,
                    "'"
                            + part
                            + "' must be one plain segment, in its normal form (no '//', '..' or"
                            + " '%2F'; octets that need it encoded as %C3), or {name}");
        }
        return part;
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("path '" + text + "': " + why);
    }

    static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    /** Whether it is one plain path. */
    boolean isPlain() {
        return rest == null && segments.stream().noneMatch(PathTemplate::isParameter);
    }

    boolean names(String name) {
        return name.equals(rest) || segments.contains("{" + name + "}");
    }

    /** What stands for the name in a path that the template matches; null if nothing does. */
    @Nullable String value(String path, String name) {
        int start = 1;
        for (String segment : segments) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (isParameter(segment)
                    && segment.length() == name.length() + 2
                    && segment.startsWith(name, 1)) {
                return start < end ? path.substring(start, end) : null;
            }
            start = Math.min(end + 1, path.length());
        }
        return name.equals(rest) && start < path.length() ? path.substring(start) : null;
    }

    /** The same for all templates that match the same paths; orders the more plain ones first. */
    String shape() {
        String all =
                segments.stream()
                        // A control character sorts before, and the largest one behind all others.
                        .map(each -> isParameter(each) ? "\u0001" : "\u0000" + each)
                        .collect(Collectors.joining("/", "/", ""));
        return rest == null ? all : all + "/\u0002";
    }
}
