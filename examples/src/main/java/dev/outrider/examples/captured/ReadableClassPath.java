package dev.outrider.examples.captured;

import dev.outrider.examples.mesh.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of this process's class path. The proxy and the apps run as users of their own, who may
 * not look into root's directories, where builds and repositories often lie.
 */
final class ReadableClassPath {
    private ReadableClassPath() {}

    /** The same programs, run from copies in the new directory {@code to}. */
    static Programs copy(Programs programs, Path to) throws IOException {
        Files.createDirectory(to);
        List<String> copies = new ArrayList<>();
        List<Path> entries = new ArrayList<>();
        for (String entry : programs.classPath().split(File.pathSeparator, -1)) {
            entries.addAll(expanded(entry));
        }
        for (Path entry : entries) {
            // Numbered: two directories may be called "classes".
            Path copy = to.resolve(copies.size() + "-" + entry.getFileName());
            if (Files.isDirectory(entry)) {
                copyTree(entry, copy);
                copies.add(copy.toString());
            } else if (Files.exists(entry)) {
                Files.copy(entry, copy);
                copies.add(copy.toString());
            }
        }
        return new Programs(programs.java(), String.join(File.pathSeparator, copies));
    }

    /** Java itself reads {@code lib/*} as all jars in there. */
    private static List<Path> expanded(String entry) throws IOException {
        if (!entry.endsWith("*")) {
            return List.of(Path.of(entry));
        }
        try (var jars = Files.newDirectoryStream(Path.of(entry).getParent(), "*.jar")) {
            List<Path> all = new ArrayList<>();
            jars.forEach(all::add);
            return all;
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) throws IOException {
                        Files.createDirectories(to.resolve(from.relativize(directory)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.copy(file, to.resolve(from.relativize(file)));
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
