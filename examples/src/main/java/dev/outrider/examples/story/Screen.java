package dev.outrider.examples.story;

import java.io.PrintWriter;
import java.util.List;

/** What the person at the terminal reads. */
public final class Screen {
    private final PrintWriter out;
    private final boolean coloured;

    public Screen(PrintWriter out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    public void heading(String text) {
        line("");
        line(bold(text));
    }

    /** A labelled sentence below a heading. */
    public void item(String label, String text) {
        line("   %-9s%s".formatted(label, text));
    }

    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Begins a line that {@link #endLine} ends, so that a wait shows what it waits for. */
    public void beginLine(String text) {
        out.print(text);
        out.flush();
    }

    public void endLine(String text) {
        line(text);
    }

    public void verdict(boolean good, String text) {
        line("   " + mark(good) + " " + text);
    }

    public String mark(boolean good) {
        return good ? paint("32", "✓") : paint("31", "✗");
    }

    public String bold(String text) {
        return paint("1", text);
    }

    /** Columns as wide as their widest cell; the first row is the head. */
    public void table(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        line(bold(aligned(rows.getFirst(), width)));
        rows.subList(1, rows.size()).forEach(row -> line(aligned(row, width)));
    }

    private static String aligned(List<String> row, int[] width) {
        StringBuilder text = new StringBuilder("  ");
        for (int i = 0; i < width.length; i++) {
            text.append(' ').append(row.get(i)).repeat(' ', width[i] - row.get(i).length() + 1);
        }
        return text.toString().stripTrailing();
    }

    private String paint(String code, String text) {
        return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
