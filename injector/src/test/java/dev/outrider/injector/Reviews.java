package dev.outrider.injector;

import dev.outrider.certs.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** AdmissionReviews as an API server sends them, each a file. */
public final class Reviews {
    private static final Path DIRECTORY = Path.of("src", "test", "resources", "reviews");

    private Reviews() {}

    public static List<String> names() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(String name) {
        try {
            return Files.readString(DIRECTORY.resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Map<String, @Nullable Object> json(String name) {
        return Json.object(text(name));
    }
}
