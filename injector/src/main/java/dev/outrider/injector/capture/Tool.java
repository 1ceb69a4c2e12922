package dev.outrider.injector.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A program of the system, started without a shell and ended at its deadline. */
record Tool(Path program) {
    private static final int SECONDS = 20;

    /** A host's whole nat table may be long; longer than this it is no pod's. */
    private static final int LONGEST_OUTPUT = 16 << 20;

    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

    /** How it ended, and what it said on both outputs. */
    record Result(int code, String output) {}

    /** Looks where administrators' programs are, too: a container's PATH may leave that out. */
    static Optional<Tool> find(String name, String path) {
        return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Tool::new);
    }

    /** Runs it and takes any end but 0 for a failure. */
    String run(String input, String... arguments) throws ToolException, InterruptedException {
        Result result = tryRun(input, arguments);
        if (result.code() != 0) {
            throw new ToolException(
                    "%s ended with %d: %s"
                            .formatted(
                                    name(),
                                    result.code(),
                                    result.output().strip().replace("\n", "; ")));
        }
        return result.output();
    }

    Result tryRun(String input, String... arguments) throws ToolException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(program.toString());
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new ToolException(name() + " cannot be started: " + e.getMessage());
        }
        try {
            // Both ends at once: neither pipe may fill while the other waits.
            CompletableFuture<String> output =
                    CompletableFuture.supplyAsync(() -> read(process), THREADS);
            THREADS.execute(() -> write(process, input));
            String text = output.get(SECONDS, TimeUnit.SECONDS);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw late();
            }
            return new Result(process.exitValue(), text);
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            throw new ToolException(name() + "'s output cannot be read: " + e.getMessage());
        } finally {
            process.destroyForcibly();
        }
    }

    String name() {
        return program.getFileName().toString();
    }

    private ToolException late() {
        return new ToolException(
                "%s did not end within %d s and was stopped; somebody may hold the tables' lock"
                        .formatted(name(), SECONDS));
    }

    private static String read(Process process) {
        try (InputStream in = process.getInputStream()) {
            return new String(in.readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static void write(Process process, String input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended before it had read all: its exit status says why.
        }
    }
}
