package dev.outrider.sidecar.http.h2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs h2spec, all cases and strictly, against a server. */
public final class H2Spec {
    private static final String MODULE = "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1";
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

    private H2Spec() {}

    /** What it found; {@code text} is its whole report. */
    public record Result(int passed, int failed, String text) {}

    public static Result run(String host, int port, boolean tls)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program().toString());
        command.addAll(List.of("-S", "-o", "5", "-h", host, "-p", Integer.toString(port)));
        if (tls) {
            command.addAll(List.of("-t", "-k"));
        }
        String text = output(command, Map.of());
        Matcher summary = SUMMARY.matcher(text);
        if (!summary.find()) {
            throw new IOException("h2spec gave no summary: " + text);
        }
        return new Result(
                Integer.parseInt(summary.group(2)), Integer.parseInt(summary.group(4)), text);
    }

    /** On the path, or where Go puts programs, or installed below target. */
    private static Path program() throws IOException, InterruptedException {
        List<Path> places = new ArrayList<>();
        for (String each : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            places.add(Path.of(each));
        }
        String bin = System.getenv("GOBIN");
        if (bin != null) {
            places.add(Path.of(bin));
        }
        Path found = find(places);
        if (found != null) {
            return found;
        }
        Path own = Path.of("target", "go-bin").toAbsolutePath();
        Path gopath = Path.of(output(List.of("go", "env", "GOPATH"), Map.of()).strip(), "bin");
        found = find(List.of(gopath, own));
        if (found != null) {
            return found;
        }
        output(List.of("go", "install", MODULE), Map.of("GOBIN", own.toString()));
        return own.resolve("h2spec");
    }

    private static @Nullable Path find(List<Path> places) {
        for (Path each : places) {
            Path program = each.resolve("h2spec");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        return null;
    }

    private static String output(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return text;
    }
}
