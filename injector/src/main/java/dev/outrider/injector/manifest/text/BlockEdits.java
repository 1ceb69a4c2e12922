package dev.outrider.injector.manifest.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of whole lines. Confined to one thread. */
final class BlockEdits {
    private final Text text;
    private final Rendering rendering;
    private final Edits edits;

    BlockEdits(Text text, Rendering rendering, Edits edits) {
        this.text = text;
        this.rendering = rendering;
        this.edits = edits;
    }

    /** Puts an entry behind another of the mapping, or before all if there is none. */
    void insert(
            Node.Mapping mapping, Node.@Nullable Entry behind, String key, @Nullable Object value) {
        Node.Entry first = mapping.entries().getFirst();
        int column = text.column(first.start());
        String line = " ".repeat(column) + rendering.entry(key, value, column);
        if (behind == null && text.beginsLine(first.start())) {
            lineBefore(text.above(text.lineStart(first.start()), 0), line);
        } else {
            // The first may share its line with a dash.
            int end = behind == null ? first.end() : behind.end();
            edits.insert(text.below(end, column), text.eol() + line);
        }
    }

    /** Takes entries out, not all; their comments stay. */
    void remove(Node.Mapping mapping, List<Node.Entry> removed) {
        List<Node.Entry> all = mapping.entries();
        int index = 0;
        int start = all.getFirst().start();
        if (!text.beginsLine(start) || text.lineStart(start) == text.top()) {
            while (removed.contains(all.get(index))) {
                index++;
            }
            upTo(all, index);
        }
        for (Node.Entry entry : all.subList(index, all.size())) {
            if (removed.contains(entry)) {
                lines(entry.start(), entry.value(), entry.key().end());
            }
        }
    }

    /** The first that is left moves up, to the dash or the top of the text. */
    private void upTo(List<Node.Entry> entries, int left) {
        if (left == 0) {
            return;
        }
        int start = entries.getFirst().start();
        int column = text.column(start);
        for (int index = 0; index < left; index++) {
            Node.Entry entry = entries.get(index);
            keepComments(start, column, Comments.in(text, entry.key().end(), entry.value()));
            int end = text.lineEnd(entry.end());
            int next = entries.get(index + 1).start();
            keepComments(start, column, Comments.between(text, end, next));
        }
        edits.delete(start, entries.get(left).start());
    }

    /** Puts another entry in the place of one; the comments of the old one stay, above it. */
    void replace(Node.Entry entry, String key, @Nullable Object value) {
        int column = text.column(entry.start());
        keepComments(entry.start(), column, Comments.in(text, entry.key().end(), entry.value()));
        edits.replace(
                entry.start(),
                through(entry.start(), entry.end()),
                rendering.entry(key, value, column));
    }

    /** Puts items before the one of an index, or behind the last. */
    void insert(Node.Sequence sequence, int index, List<?> values) throws BadText {
        boolean behind = index == sequence.items().size();
        int dash = dash(sequence, behind ? index - 1 : index);
        int column = text.column(dash);
        String indent = " ".repeat(column) + "- ";
        int floor = index == 0 ? 0 : sequence.items().get(index - 1).end();
        for (Object value : values) {
            String item = indent + rendering.item(value, column + 2);
            if (behind) {
                edits.insert(text.below(sequence.end(), column), text.eol() + item);
            } else {
                lineBefore(text.above(text.lineStart(dash), floor), item);
            }
        }
    }

    /** Takes an item out. */
    void remove(Node.Sequence sequence, int index) throws BadText {
        int dash = dash(sequence, index);
        lines(dash, sequence.items().get(index), dash + 1);
    }

    /** Puts another item in the place of one; the comments of the old one stay, above it. */
    void replace(Node.Sequence sequence, int index, @Nullable Object value) throws BadText {
        int dash = dash(sequence, index);
        Node item = sequence.items().get(index);
        keepComments(dash, text.column(dash), Comments.in(text, dash + 1, item));
        edits.replace(
                dash,
                through(dash, Math.max(item.end(), dash + 1)),
                "- " + rendering.item(value, text.column(dash) + 2));
    }

    /** The dash of an item, which must be the first thing in its line. */
    private int dash(Node.Sequence sequence, int index) throws BadText {
        int from = index == 0 ? sequence.at() : sequence.items().get(index - 1).end();
        int dash = text.skipBlanks(from);
        if (dash >= text.chars().length()
                || text.chars().charAt(dash) != '-'
                || !text.beginsLine(dash)) {
            throw new BadText(
                    from, "the list cannot be changed in place; put each item into its own line");
        }
        return dash;
    }

    /**
     * Deletes whole lines, each with the line break before it, as lines are put in: what comes and
     * what goes at one place then never overlap.
     */
    private void lines(int start, Node value, int inside) {
        int from = text.lineStart(start);
        int end = text.lineEnd(Math.max(start, value.end()));
        keepComments(start, text.column(start), Comments.in(text, inside, value));
        edits.delete(text.endOfLineBefore(from), end);
    }

    /** Puts a line before one that starts there. */
    private void lineBefore(int lineStart, String line) {
        if (lineStart == text.top()) {
            edits.insert(lineStart, line + text.eol());
        } else {
            edits.insert(text.endOfLineBefore(lineStart), text.eol() + line);
        }
    }

    private void keepComments(int start, int column, List<String> comments) {
        String indent = " ".repeat(column);
        for (String comment : comments) {
            if (text.beginsLine(start)) {
                lineBefore(text.lineStart(start), indent + comment);
            } else {
                edits.insert(start, comment + text.eol() + indent);
            }
        }
    }

    /** As far as something is replaced: the comment behind its end, which is kept, goes with it. */
    private int through(int start, int end) {
        return Math.max(end, text.lineEnd(Math.max(start, end)));
    }
}
