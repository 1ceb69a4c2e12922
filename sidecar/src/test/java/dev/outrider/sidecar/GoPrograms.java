package dev.outrider.sidecar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Test peers that are Go modules: found where Go puts programs, or installed below target. */
public final class GoPrograms {
    private static final int INSTALL_MINUTES = 5;

    private GoPrograms() {}

    /** A program with a name of its own, on the path or in Go's folders; null without Go. */
    public static @Nullable Path find(String name, String module)
            throws IOException, InterruptedException {
        List<Path> places = new ArrayList<>(path());
        String bin = System.getenv("GOBIN");
        if (bin != null) {
            places.add(Path.of(bin));
        }
        Path go = go();
        if (go != null) {
            String gopath = output(List.of(go.toString(), "env", "GOPATH"), Map.of()).strip();
            places.add(Path.of(gopath, "bin"));
        }
        for (Path each : places) {
            if (Files.isExecutable(each.resolve(name))) {
                return each.resolve(name);
            }
        }
        return installed(".", name, module);
    }

    /**
     * A program in a folder of its own below target, installed there if need be: for names that say
     * too little to be looked for elsewhere. Null without Go, or when Go cannot install it.
     */
    public static @Nullable Path installed(String folder, String name, String module)
            throws IOException, InterruptedException {
        Path own = Path.of("target", "go-bin", folder).toAbsolutePath().normalize();
        Path go = go();
        if (go != null && !Files.isExecutable(own.resolve(name))) {
            System.err.print(
                    output(
                            List.of(go.toString(), "install", module),
                            Map.of("GOBIN", own.toString())));
        }
        return Files.isExecutable(own.resolve(name)) ? own.resolve(name) : null;
    }

    private static List<Path> path() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .filter(each -> !each.isEmpty())
                .map(Path::of)
                .toList();
    }

    private static @Nullable Path go() {
        return Stream.concat(path().stream(), Stream.of(Path.of("/usr/local/go/bin")))
                .map(each -> each.resolve("go"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** All that a program says. */
    public static String output(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return text;
    }
}
