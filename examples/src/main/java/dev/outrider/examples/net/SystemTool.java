package dev.outrider.examples.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A program of the system that runs to its end, within a deadline. */
public record SystemTool(Path program) {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Looks in PATH, and where the tools of administrators are. */
    public static Optional<SystemTool> find(String name) {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(SystemTool::new);
    }

    static SystemTool require(String name) throws IOException {
        return find(name).orElseThrow(() -> new IOException(name + " is not installed"));
    }

    /** Its output; any end but 0 is an exception. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(program.toString());
        Finished finished = run(command, LONGEST);
        if (finished.code() != 0) {
            throw new IOException(
                    "%s ended with %d: %s"
                            .formatted(
                                    String.join(" ", command),
                                    finished.code(),
                                    finished.output().strip()));
        }
        return finished.output();
    }

    static Finished run(List<String> command, Duration longest)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            CompletableFuture<String> output =
                    CompletableFuture.supplyAsync(
                            () -> read(process), task -> Thread.ofVirtual().start(task));
            String text = output.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            return new Finished(process.exitValue(), text);
        } catch (TimeoutException e) {
            throw new IOException(
                    String.join(" ", command) + " did not end within " + longest.toSeconds() + " s",
                    e);
        } catch (ExecutionException e) {
            throw new IOException("reading from " + command.getFirst(), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Process process) {
        try (InputStream in = process.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
