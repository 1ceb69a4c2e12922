package dev.outrider.injector.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what {@code -f} names: files, directories of them, and standard input. */
final class Sources {
    /** Larger than anything the API server takes, with room for many objects in one file. */
    static final int SIZE_LIMIT = 256 * 1024 * 1024;

    private final InputStream input;
    private final boolean recursive;
    private final List<String> problems = new ArrayList<>();

    Sources(InputStream input, boolean recursive) {
        this.input = input;
        this.recursive = recursive;
    }

    /**
     * All of them, in their order.
     *
     * @throws ManifestException about all that cannot be read, one a line
     */
    List<Source> read(List<String> names) throws ManifestException {
        List<Source> sources = new ArrayList<>();
        for (String name : names) {
            if (name.equals("-")) {
                add(sources, "standard input", Optional.empty());
                continue;
            }
            if (name.matches("https?://.*")) {
                problems.add(
                        name + ": fetch it first: curl -sSf " + name + " | outrider inject -f -");
                continue;
            }
            for (Path file : files(Path.of(name))) {
                add(sources, file.toString(), Optional.of(file));
            }
        }
        if (!problems.isEmpty()) {
            throw new ManifestException(String.join("\n", problems));
        }
        return sources;
    }

    private void add(List<Source> sources, String name, Optional<Path> file) {
        try (InputStream in = file.isPresent() ? Files.newInputStream(file.get()) : input) {
            byte[] bytes = in.readNBytes(SIZE_LIMIT + 1);
            if (bytes.length > SIZE_LIMIT) {
                throw new ManifestException(
                        name + ": larger than " + SIZE_LIMIT / 1024 / 1024 + " MiB; split it");
            }
            sources.add(Source.of(name, file, bytes));
        } catch (ManifestException e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            problems.add(unreadable(name, e));
        }
    }

    private List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> found = Files.walk(path, recursive ? Integer.MAX_VALUE : 1)) {
            List<Path> files =
                    found.filter(file -> Files.isRegularFile(file) && isManifest(file))
                            .sorted()
                            .toList();
            if (files.isEmpty()) {
                problems.add(
                        path
                                + ": no file in this directory ends in .yaml, .yml or .json"
                                + (recursive ? "" : "; add -R to look into directories in it"));
            }
            return files;
        } catch (IOException | UncheckedIOException e) {
            problems.add(path + ": " + e.getMessage());
            return List.of();
        }
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    private static String unreadable(String name, IOException e) {
        return name
                + ": "
                + switch (e) {
                    case NoSuchFileException _ -> "there is no such file";
                    case AccessDeniedException _ -> "may not be read by this user";
                    default -> "cannot be read: " + e.getMessage();
                };
    }
}
