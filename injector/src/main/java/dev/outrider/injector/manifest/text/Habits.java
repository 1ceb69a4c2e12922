package dev.outrider.injector.manifest.text;

import org.jspecify.annotations.Nullable;

/** How a document is written, so that what is added looks like the rest of it. */
final class Habits {
    private static final int USUAL_STEP = 2;
    private static final int WIDEST_STEP = 8;

    private final Text text;
    private int step;
    private int dash = -1;
    private @Nullable Boolean compact;

    private Habits(Text text) {
        this.text = text;
    }

    static Rendering of(Text text, Node root) {
        Habits habits = new Habits(text);
        habits.look(root);
        return new Rendering(
                text.eol(),
                habits.step > 0 ? habits.step : USUAL_STEP,
                Math.max(habits.dash, 0),
                Boolean.TRUE.equals(habits.compact));
    }

    private void look(Node node) {
        if (step > 0 && dash >= 0) {
            return;
        }
        switch (node) {
            case Node.Mapping mapping -> mapping.entries().forEach(entry -> look(mapping, entry));
            case Node.Sequence sequence -> sequence.items().forEach(this::look);
            case Node.Scalar _, Node.Alias _ -> {}
        }
    }

    private void look(Node.Mapping mapping, Node.Entry entry) {
        if (mapping.flow() && compact == null) {
            compact = entry.key().end() + 1 == entry.value().start();
        }
        if (!text.beginsLine(entry.start()) && mapping.flow()) {
            return;
        }
        int column = text.column(entry.start());
        if (mapping.flow() && step == 0) {
            step = bounded(column - indentation(mapping.at()));
        }
        switch (entry.value()) {
            case Node.Mapping inner when !inner.flow() && step == 0 ->
                    step = bounded(text.column(inner.entries().getFirst().start()) - column);
            case Node.Sequence inner when !inner.flow() && dash < 0 ->
                    dash = bounded(text.column(text.skipBlanks(inner.at())) - column);
            default -> {}
        }
        look(entry.value());
    }

    private int indentation(int offset) {
        int start = text.lineStart(offset);
        return text.skipSpaces(start) - start;
    }

    private static int bounded(int columns) {
        return Math.clamp(columns, 0, WIDEST_STEP);
    }
}
