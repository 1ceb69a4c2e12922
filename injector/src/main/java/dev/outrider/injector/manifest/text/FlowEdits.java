package dev.outrider.injector.manifest.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** Changes among the children of a collection in brackets. Confined to one thread. */
final class FlowEdits {
    private final Text text;
    private final Rendering rendering;
    private final Edits edits;
    private final Set<Integer> filled = new HashSet<>();

    /** From where to where a child reaches. */
    record Span(int start, int end) {}

    FlowEdits(Text text, Rendering rendering, Edits edits) {
        this.text = text;
        this.rendering = rendering;
        this.edits = edits;
    }

    /**
     * Puts a child before the one of an index, or behind the last.
     *
     * @param open where the opening bracket stands
     * @param added makes its text for a column, -1 if all goes into one line
     */
    void insert(int open, List<Span> children, int index, IntFunction<String> added) {
        if (children.isEmpty()) {
            // Each of several goes behind those before it.
            String comma = filled.add(open) ? "" : rendering.compact() ? "," : ", ";
            edits.insert(open + 1, comma + added.apply(-1));
            return;
        }
        boolean behind = index > 0;
        Span beside = children.get(behind ? index - 1 : 0);
        boolean lines = text.beginsLine(beside.start());
        String word = added.apply(lines ? text.column(beside.start()) : -1);
        String gap = rendering.compact() ? "" : " ";
        if (lines) {
            int start = text.lineStart(beside.start());
            gap = text.eol() + text.chars().substring(start, beside.start());
        }
        if (behind) {
            edits.insert(beside.end(), "," + gap + word);
        } else {
            edits.insert(beside.start(), word + "," + gap);
        }
    }

    /** Takes a run of children out, the comma that it leaves over too. */
    void remove(List<Span> children, int first, int last) {
        if (last + 1 < children.size()) {
            edits.delete(children.get(first).start(), children.get(last + 1).start());
        } else if (first > 0) {
            edits.delete(children.get(first - 1).end(), children.get(last).end());
        } else {
            int end = children.get(last).end();
            int next = text.skipBlanks(end);
            boolean comma = next < text.chars().length() && text.chars().charAt(next) == ',';
            edits.delete(children.get(first).start(), comma ? next + 1 : end);
        }
    }
}
