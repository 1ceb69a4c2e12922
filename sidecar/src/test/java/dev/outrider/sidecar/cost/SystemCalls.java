package dev.outrider.sidecar.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Counts the system calls of a process's event loop with strace. */
final class SystemCalls {
    /** How the name of a Netty event loop begins where the kernel has it, which cuts it. */
    private static final String LOOP = "multiTh";

    private final Process strace;
    private final Path said;
    private final Path counts;

    private SystemCalls(Process strace, Path said, Path counts) {
        this.strace = strace;
        this.said = said;
        this.counts = counts;
    }

    static boolean installed() throws InterruptedException {
        try {
            Process version =
                    new ProcessBuilder("strace", "-V")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return version.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Begins to count; empty if the kernel does not let us look. */
    static Optional<SystemCalls> begin(long pid, Path folder) throws Exception {
        Path said = Files.createTempFile(folder, "strace", ".said");
        Path counts = Files.createTempFile(folder, "strace", ".counts");
        Process strace =
                new ProcessBuilder(
                                "strace",
                                "-c",
                                "-U",
                                "name,calls",
                                "-o",
                                counts.toString(),
                                "-p",
                                Long.toString(loop(pid)))
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        while (strace.isAlive() && !Files.readString(said).contains("attached")) {
            strace.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return strace.isAlive()
                ? Optional.of(new SystemCalls(strace, said, counts))
                : Optional.empty();
    }

    private static long loop(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path each : tasks.toList()) {
                if (Files.readString(each.resolve("comm")).startsWith(LOOP)) {
                    return Long.parseLong(each.getFileName().toString());
                }
            }
        }
        throw new IOException("process " + pid + " has no event loop");
    }

    /** Ends the counting: how often each call was made. */
    Map<String, Long> end() throws Exception {
        strace.destroy();
        if (!strace.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException("strace does not end: " + Files.readString(said));
        }
        Map<String, Long> calls = new TreeMap<>();
        for (String line : Files.readAllLines(counts)) {
            String[] words = line.strip().split("\\s+");
            if (words.length == 2 && words[1].matches("[0-9]+")) {
                calls.put(words[0], Long.parseLong(words[1]));
            }
        }
        return calls;
    }
}
