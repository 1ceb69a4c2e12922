package dev.outrider.injector.manifest;

import dev.outrider.certs.Json;
import dev.outrider.injector.manifest.text.Document;
import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.manifest.text.Node;
import dev.outrider.injector.manifest.text.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A comment above a document that keeps how lines of it were written, where the object alone cannot
 * tell: comments inside a probe that was replaced, {@code annotations: {}}, an alias. It holds for
 * one text only, known by its digest, so that it never undoes what somebody wrote since.
 *
 * @param digest of the text without sidecar that the lines belong to
 * @param lines from, count, and the lines to stand there instead
 */
record UndoNote(String digest, List<Lines> lines) {
    private static final String PREFIX = "# outrider-undo: ";
    private static final int DIGEST_CHARS = 16;

    /** Lines to be put in the place of others. */
    record Lines(int from, int count, List<String> instead) {}

    /** Where a document stands in its text: whole lines from its root's on. */
    record Region(int start, int end) {
        static Optional<Region> of(Manifest manifest, Document document) {
            Node root = document.root();
            Text text = manifest.text();
            if (root == null || manifest.json() || !text.beginsLine(root.start())) {
                return Optional.empty();
            }
            return Optional.of(new Region(text.lineStart(root.start()), document.end()));
        }

        String in(Text text) {
            return text.chars().substring(start, end);
        }
    }

    /** What leads from a text to another. */
    static UndoNote between(String without, String original) {
        List<String> before = LineDiff.lines(without);
        List<String> after = LineDiff.lines(original);
        List<Lines> lines = new ArrayList<>();
        for (LineDiff.Hunk hunk : LineDiff.between(before, after)) {
            List<String> instead = after.subList(hunk.after(), hunk.after() + hunk.added());
            lines.add(new Lines(hunk.before(), hunk.removed(), List.copyOf(instead)));
        }
        return new UndoNote(digest(without), lines);
    }

    /** The text as it was; empty if this is not the text that the note is about. */
    Optional<String> undo(String without) {
        if (!digest.equals(digest(without))) {
            return Optional.empty();
        }
        List<String> now = LineDiff.lines(without);
        StringBuilder original = new StringBuilder(without.length());
        int at = 0;
        for (Lines each : lines) {
            if (each.from < at || each.count < 0 || each.from + each.count > now.size()) {
                return Optional.empty();
            }
            now.subList(at, each.from).forEach(original::append);
            each.instead.forEach(original::append);
            at = each.from + each.count;
        }
        now.subList(at, now.size()).forEach(original::append);
        return Optional.of(original.toString());
    }

    /** As a line, without its end. */
    String line(String indent) {
        List<Object> changes = new ArrayList<>();
        lines.forEach(it -> changes.add(List.of(it.from, it.count, it.instead)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("of", digest);
        json.put("lines", changes);
        return indent + PREFIX + ascii(Json.write(json));
    }

    /** The note that a line is, if it is one. */
    static Optional<UndoNote> parse(String line) {
        String stripped = line.strip();
        if (!stripped.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            Map<String, @Nullable Object> json = Json.object(stripped.substring(PREFIX.length()));
            List<Lines> lines = new ArrayList<>();
            for (Object each : KubernetesObjects.list(json.get("lines"))) {
                List<?> parts = KubernetesObjects.list(each);
                List<String> instead = new ArrayList<>();
                KubernetesObjects.list(parts.get(2)).forEach(it -> instead.add(String.valueOf(it)));
                lines.add(
                        new Lines(
                                ((Number) parts.get(0)).intValue(),
                                ((Number) parts.get(1)).intValue(),
                                instead));
            }
            return Optional.of(new UndoNote(String.valueOf(json.get("of")), lines));
        } catch (IllegalArgumentException | ClassCastException | IndexOutOfBoundsException _) {
            // Somebody has edited it; it is a comment like any other then.
            return Optional.empty();
        }
    }

    /** Characters that could end a comment's line, or that YAML does not allow, are escaped. */
    private static String ascii(String json) {
        StringBuilder ascii = new StringBuilder(json.length());
        json.chars()
                .forEach(c -> {
                    if (c < 0x7f) {
                        ascii.append((char) c);
                    } else {
                        ascii.append(String.format("\\u%04x", c));
                    }
                });
        return ascii.toString();
    }

    private static String digest(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGEST_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
