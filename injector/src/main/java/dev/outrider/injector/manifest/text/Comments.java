package dev.outrider.injector.manifest.text;

import java.util.ArrayList;
import java.util.List;

/** Finds the comments between the parts of a value; what looks like one inside a scalar is none. */
final class Comments {
    private final String text;
    private final List<String> found = new ArrayList<>();
    private int at;

    private Comments(String text, int at) {
        this.text = text;
        this.at = at;
    }

    /** The comments from an offset to the end of the line in which a value ends. */
    static List<String> in(Text text, int from, Node value) {
        Comments comments = new Comments(text.chars(), from);
        comments.walk(value);
        comments.gap(text.lineEnd(Math.max(comments.at, value.end())));
        return comments.found;
    }

    /** The comments between two offsets with no value in between. */
    static List<String> between(Text text, int from, int to) {
        Comments comments = new Comments(text.chars(), from);
        comments.gap(to);
        return comments.found;
    }

    private void walk(Node node) {
        switch (node) {
            case Node.Scalar scalar -> pass(scalar);
            case Node.Alias alias -> pass(alias);
            case Node.Sequence sequence -> sequence.items().forEach(this::walk);
            case Node.Mapping mapping ->
                    mapping.entries()
                            .forEach(entry -> {
                                pass(entry.key());
                                walk(entry.value());
                            });
        }
    }

    private void pass(Node leaf) {
        gap(leaf.start());
        at = leaf.end();
    }

    private void gap(int end) {
        while (at < end) {
            if (text.charAt(at) == '#'
                    && (at == 0 || Character.isWhitespace(text.charAt(at - 1)))) {
                int feed = text.indexOf('\n', at);
                int stop = feed < 0 ? text.length() : feed;
                found.add(text.substring(at, stop).stripTrailing());
                at = stop;
            } else {
                at++;
            }
        }
        at = Math.max(at, end);
    }
}
