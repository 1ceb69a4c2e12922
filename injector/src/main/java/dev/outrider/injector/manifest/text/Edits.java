package dev.outrider.injector.manifest.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Changes of a text, each in terms of the text as it was. Confined to one thread. */
public final class Edits {
    private final List<Edit> edits = new ArrayList<>();

    private record Edit(int start, int end, String text) {}

    public void insert(int offset, String text) {
        replace(offset, offset, text);
    }

    public void delete(int start, int end) {
        replace(start, end, "");
    }

    public void replace(int start, int end, String text) {
        edits.add(new Edit(start, end, text));
    }

    public boolean isEmpty() {
        return edits.isEmpty();
    }

    /**
     * The changed text. What is put in at one place keeps its order, and stands before what is
     * replaced there.
     *
     * @throws BadText if two changes are of the same chars
     */
    public String apply(String text) throws BadText {
        List<Edit> sorted = new ArrayList<>(edits);
        sorted.sort(
                Comparator.comparingInt(Edit::start)
                        .thenComparing(edit -> edit.end() > edit.start()));
        StringBuilder changed = new StringBuilder(text.length() + 8192);
        int done = 0;
        for (Edit edit : sorted) {
            if (edit.start() < done) {
                throw new BadText(
                        edit.start(),
                        "too much stands in this line to be changed in place; put each key into a"
                                + " line of its own");
            }
            changed.append(text, done, edit.start()).append(edit.text());
            done = edit.end();
        }
        return changed.append(text, done, text.length()).toString();
    }
}
