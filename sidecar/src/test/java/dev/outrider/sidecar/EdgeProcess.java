package dev.outrider.sidecar;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An edge as a process of its own, whose clock may be wrong. */
final class EdgeProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Process process;
    private final Path output;

    /**
     * @param clock how wrong, as faketime writes it: {@code +97m}; empty for a right one
     */
    EdgeProcess(Path folder, String name, String yaml, String clock) throws IOException {
        Path config = Files.writeString(folder.resolve(name + ".yaml"), yaml);
        output = folder.resolve(name + ".out");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx96m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "sidecar", "--config", config.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        if (!clock.isEmpty()) {
            builder.environment()
                    .putAll(
                            Map.of(
                                    "LD_PRELOAD",
                                    library().orElseThrow().toString(),
                                    "FAKETIME",
                                    clock,
                                    "FAKETIME_DONT_FAKE_MONOTONIC",
                                    "1",
                                    "DONT_FAKE_MONOTONIC",
                                    "1"));
        }
        process = builder.start();
    }

    /** Debian's libfaketime, the one for programs with threads. */
    static Optional<Path> library() throws IOException {
        Path libraries = Path.of("/usr/lib");
        try (Stream<Path> each = Files.list(libraries)) {
            return each.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst();
        }
    }

    /** Of the port by its name in the log; waits until the process is ready. */
    int port(String name) throws IOException {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || said().contains("ready in "));
        Matcher found =
                Pattern.compile(name + " listening on (?:http://)?127\\.0\\.0\\.1:([0-9]+)")
                        .matcher(said());
        if (!found.find()) {
            throw new IOException("no port " + name + ": " + said());
        }
        return Integer.parseInt(found.group(1));
    }

    String said() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
