package dev.outrider.certs.ca;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code outrider ca} as a real process of its own. */
final class CaProcess implements AutoCloseable {
    private final Process process;
    private final URI uri;

    CaProcess(Path directory, String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.outrider.certs.Main");
        command.add("ca");
        command.addAll(List.of("--dir", directory.toString(), "--listen", "127.0.0.1:0"));
        command.addAll(List.of(more));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        uri = ready();
    }

    URI uri() {
        return uri;
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the authority does not end on SIGTERM");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private URI ready() throws IOException {
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            if (line.startsWith("listening on ")) {
                // From here on it says little; a thread keeps the pipe from filling up.
                Thread.ofVirtual().start(() -> lines.lines().forEach(rest -> {}));
                return URI.create(line.substring("listening on ".length()));
            }
        }
        throw new AssertionError("the authority did not start: " + seen);
    }
}
