package dev.outrider.injector.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes results. A file is written beside its place and then moved there in one step, so that it
 * is at every moment the old one or the new one, whole.
 */
final class Output {
    private Output() {}

    /** A file and what it is to hold. */
    record Written(Path file, String text) {}

    /** Writes all, or says which were written before one could not be. */
    static void write(List<Written> results) throws ManifestException {
        List<String> done = new ArrayList<>();
        for (Written result : results) {
            try {
                write(result.file(), result.text());
                done.add(result.file().toString());
            } catch (IOException e) {
                throw new ManifestException(
                        result.file()
                                + ": cannot be written: "
                                + reason(result.file(), e)
                                + (done.isEmpty()
                                        ? "; nothing was written"
                                        : "; written before it: " + String.join(", ", done)));
            }
        }
    }

    private static String reason(Path file, IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no directory " + file.getParent();
            case AccessDeniedException _ -> "this user may not write there";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void write(Path named, String text) throws IOException {
        // A link stays one; what it leads to is replaced.
        Path file = Files.exists(named) ? named.toRealPath() : named.toAbsolutePath();
        if (Files.isDirectory(file)) {
            throw new IOException("it is a directory; name a file, or use --in-place");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A device or a pipe cannot be moved to, and nothing in it can be lost.
            Files.writeString(file, text);
            return;
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw new AccessDeniedException(file.toString());
        }
        Path draft = Files.createTempFile(directory(file), ".outrider-", ".tmp");
        try {
            Files.writeString(draft, text, StandardCharsets.UTF_8);
            keepPermissions(file, draft);
            move(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static Path directory(Path file) throws IOException {
        Path directory = file.getParent();
        if (directory == null) {
            throw new IOException("it is a directory; name a file");
        }
        return directory;
    }

    private static void move(Path draft, Path file) throws IOException {
        try {
            Files.move(
                    draft,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A new file has the permissions of any new file, not those of a temporary one. */
    private static void keepPermissions(Path file, Path draft) throws IOException {
        PosixFileAttributeView view = view(draft);
        PosixFileAttributeView old = Files.exists(file) ? view(file) : null;
        if (view == null) {
            return;
        }
        if (old != null) {
            view.setPermissions(old.readAttributes().permissions());
            view.setGroup(old.readAttributes().group());
            return;
        }
        Path probe = Files.createFile(draft.resolveSibling(draft.getFileName() + ".new"));
        try {
            view.setPermissions(Files.getPosixFilePermissions(probe));
        } finally {
            Files.delete(probe);
        }
    }

    private static @Nullable PosixFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class);
    }

    /** All results one after the other, as documents of one stream. */
    static String joined(List<String> texts) {
        StringBuilder all = new StringBuilder();
        for (String each : texts) {
            String text = each.startsWith("\uFEFF") && !all.isEmpty() ? each.substring(1) : each;
            if (text.isBlank()) {
                continue;
            }
            if (!all.isEmpty()) {
                all.append(all.charAt(all.length() - 1) == '\n' ? "" : "\n").append(between(text));
            }
            all.append(text);
        }
        return all.toString();
    }

    /** What ends the document before a text; the text may begin with that itself. */
    private static String between(String text) {
        String first =
                text.lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .findFirst()
                        .orElse("");
        if (first.startsWith("%")) {
            return "...\n";
        }
        return first.startsWith("---") ? "" : "---\n";
    }
}
