package dev.outrider.sidecar.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/** Makes another path of the one that matched. Immutable. */
sealed interface PathChange {
    /** The new path; nobody has looked yet whether a regex made a proper one. */
    String apply(String path);

    /** The matched prefix's place is taken by another. */
    record Prefix(int from, String to) implements PathChange {
        @Override
        public String apply(String path) {
            String rest = path.length() > from ? path.substring(from) : "";
            String changed = to + rest;
            return changed.isEmpty() ? "/" : changed;
        }
    }

    /** A path made of the parameters of the route's template. */
    record Whole(PathTemplate to, PathTemplate from) implements PathChange {
        @Override
        public String apply(String path) {
            StringBuilder changed = new StringBuilder();
            for (String segment : to.segments()) {
                String text =
                        PathTemplate.isParameter(segment)
                                ? from.value(path, segment.substring(1, segment.length() - 1))
                                : segment;
                if (text != null) {
                    changed.append('/').append(text);
                }
            }
            String rest = to.rest() == null ? null : from.value(path, to.rest());
            if (rest != null) {
                changed.append('/').append(rest);
            }
            return changed.isEmpty() ? "/" : changed.toString();
        }
    }

    /** What the expression finds first is replaced; a number stands for a group. */
    record Regex(Pattern pattern, List<Object> replacement) implements PathChange {
        @Override
        public String apply(String path) {
            Matcher matcher = pattern.matcher(path);
            if (!matcher.find()) {
                return path;
            }
            StringBuilder changed = new StringBuilder(path.substring(0, matcher.start()));
            for (Object part : replacement) {
                String text = part instanceof Integer group ? matcher.group(group) : (String) part;
                changed.append(text == null ? "" : text);
            }
            return changed.append(path, matcher.end(), path.length()).toString();
        }
    }

    static PathChange ofPrefix(String to, MatchConfig match) {
        PathMatchConfig path = match.path();
        if (path != null && path.prefix() == null) {
            throw new IllegalArgumentException(
                    "'prefix' replaces the prefix that the route matched, and this one matches"
                            + " another way; use 'path'");
        }
        PathTemplate template = PathTemplate.parse(to);
        if (!template.isPlain()) {
            throw new IllegalArgumentException(
                    "'prefix' must be a plain path, '" + to + "' is not");
        }
        String from = path == null ? "/" : String.valueOf(path.prefix());
        return new Prefix(withoutSlash(from).length(), withoutSlash(to));
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    static PathChange ofTemplate(String to, MatchConfig match) {
        PathTemplate target = PathTemplate.parse(to);
        PathTemplate from = match.path() == null ? null : match.path().parsed();
        List<String> names = new ArrayList<>();
        target.segments().stream()
                .filter(PathTemplate::isParameter)
                .forEach(each -> names.add(each.substring(1, each.length() - 1)));
        if (target.rest() != null) {
            names.add(target.rest());
        }
        for (String name : names) {
            if (from == null || !from.names(name)) {
                throw new IllegalArgumentException(
                        "'" + to + "' needs {" + name + "} in the path template of the route");
            }
        }
        return new Whole(target, from == null ? target : from);
    }

    /**
     * @param replacement with {@code $1} to {@code $9} for groups, {@code $0} for all, and {@code
     *     $$} for a dollar
     */
    static PathChange ofRegex(String regex, String replacement) {
        Pattern pattern = BoundedPattern.compile(regex);
        List<Object> parts = new ArrayList<>();
        int done = 0;
        for (int at = replacement.indexOf('$'); at >= 0; at = replacement.indexOf('$', done)) {
            parts.add(replacement.substring(done, at));
            char c = at + 1 < replacement.length() ? replacement.charAt(at + 1) : ' ';
            if (c == '$') {
                parts.add("$");
            } else if (c >= '0' && c <= '9' && c - '0' <= pattern.groupCount()) {
                parts.add(c - '0');
            } else {
                throw new IllegalArgumentException(
                        "'"
                                + replacement
                                + "' has a '$' that is none of $0 to $"
                                + Math.min(9, pattern.groupCount())
                                + " and $$");
            }
            done = at + 2;
        }
        parts.add(replacement.substring(done));
        return new Regex(pattern, List.copyOf(parts));
    }
}
