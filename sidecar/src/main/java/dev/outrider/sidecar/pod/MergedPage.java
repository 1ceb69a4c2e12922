package dev.outrider.sidecar.pod;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The sidecar's metrics and the app's as one page, in which no family stands twice: a scraper would
 * refuse the page, or mix two programs' numbers. Where both have a name, the app's stay what its
 * owners know, and the sidecar's are told under another; names that are the mesh's are not the
 * app's to use.
 */
final class MergedPage {
    static final String PREFIX = "outrider_";
    private static final List<String> OF_THE_MESH = List.of(PREFIX, "istio_");
    private static final byte[] EOF = "# EOF\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream out;
    private int left;

    private MergedPage(int size) {
        this.out = new ByteArrayOutputStream(size);
    }

    /**
     * A page.
     *
     * @param leftOut how many of the app's families are not in it
     */
    record Page(byte[] text, int leftOut) {}

    static Page of(Exposition own, Exposition app, boolean open) {
        MergedPage page = new MergedPage(own.text().length + app.text().length + 4096);
        for (Exposition.Family each : own.families().values()) {
            if (app.families().containsKey(each.name()) && !ofTheMesh(each.name())) {
                each.each((from, to) -> page.renamed(own.text(), from, to));
            } else {
                each.each((from, to) -> page.copy(own.text(), from, to));
            }
        }
        for (Exposition.Family each : app.families().values()) {
            if (ofTheMesh(each.name())) {
                page.left++;
            } else {
                each.each((from, to) -> page.copy(app.text(), from, to));
            }
        }
        if (open) {
            page.out.writeBytes(EOF);
        }
        return new Page(page.out.toByteArray(), page.left);
    }

    private static boolean ofTheMesh(String name) {
        return OF_THE_MESH.stream().anyMatch(name::startsWith);
    }

    private void copy(byte[] text, int from, int to) {
        out.write(text, from, to - from);
        if (text[to - 1] != '\n') {
            out.write('\n');
        }
    }

    /** Line by line, with the prefix before the name. Only our own lines, which are plain. */
    private void renamed(byte[] text, int from, int to) {
        byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
        for (int line = from; line < to; ) {
            int end = line;
            while (end < to && text[end] != '\n') {
                end++;
            }
            int name = line;
            if (text[line] == '#') {
                for (int spaces = 0; name < end && spaces < 2; name++) {
                    spaces += text[name] == ' ' ? 1 : 0;
                }
            }
            out.write(text, line, name - line);
            out.writeBytes(prefix);
            out.write(text, name, end - name);
            out.write('\n');
            line = end + 1;
        }
    }
}
