package dev.outrider.examples.training;

import dev.outrider.examples.process.Ports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the build calls when a release is laid out and before it is packed. */
@Command(
        name = "outrider train",
        mixinStandardHelpOptions = true,
        description = "Trains the proxies of a release and puts the JVM's caches beside its jars.")
public final class TrainingMain implements Callable<Integer> {
    @Option(
            names = "--time",
            required = true,
            description =
                    "When every jar was made, for the JVM trusts a cache only with the same"
                            + " jars of the same times: as the archive will have them.")
    private String time = "";

    @Option(names = "--skip", description = "Leave it out: a proxy then starts cold.")
    private boolean skip;

    /** Proxies that have a cache each; a launcher that starts one takes it by this name. */
    private enum Trained {
        SIDECAR("outrider.aot", (files, _, _) -> new SidecarLesson(files)),
        EDGE("outrider-edge.aot", EdgeLesson::prepare);

        final String cache;
        final Lesson.Preparation preparation;

        Trained(String cache, Lesson.Preparation preparation) {
            this.cache = cache;
            this.preparation = preparation;
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new TrainingMain()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Ports.TakenException {
        Path home = Path.of(System.getProperty("outrider.home"));
        Path lib = home.resolve("lib");
        Path stamp = lib.resolve("outrider.aot.release");
        Files.deleteIfExists(stamp);
        for (Trained trained : Trained.values()) {
            Files.deleteIfExists(lib.resolve(trained.cache));
        }
        if (skip) {
            return 0;
        }
        setTimes(lib, FileTime.from(Instant.parse(time)));
        for (Trained trained : Trained.values()) {
            train(home, trained);
        }
        // The launcher takes the caches only for the very JVM that wrote them.
        Files.copy(Path.of(System.getProperty("java.home"), "release"), stamp);
        return 0;
    }

    private static void train(Path home, Trained trained)
            throws IOException, InterruptedException, Ports.TakenException {
        Path cache = home.resolve("lib").resolve(trained.cache);
        Path directory = Files.createTempDirectory("outrider-training-");
        long started = System.nanoTime();
        try (Training training = new Training(directory)) {
            training.run(home.resolve("outrider"), cache, trained.preparation);
        }
        System.err.printf(
                "trained for %d s: %s, %d MiB%n",
                (System.nanoTime() - started) / 1_000_000_000L,
                trained.cache,
                Files.size(cache) >> 20);
        delete(directory);
    }

    private static void setTimes(Path lib, FileTime time) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(lib)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        for (Path jar : jars) {
            Files.setLastModifiedTime(jar, time);
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
