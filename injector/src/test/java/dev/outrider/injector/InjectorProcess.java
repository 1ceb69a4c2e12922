package dev.outrider.injector;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code outrider injector} as a real process of its own. */
final class InjectorProcess implements AutoCloseable {
    private static final Pattern LISTENING =
            Pattern.compile(
                    "listening on https://127\\.0\\.0\\.1:(\\d+) and http://127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private int webhook;
    private int health;

    InjectorProcess(URI api, Path secret, String... more) throws IOException {
        this(api, secret, 0, more);
    }

    /**
     * @param listen the webhook's port, 0 for any free one
     */
    InjectorProcess(URI api, Path secret, int listen, String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.outrider.injector.Main", "injector"));
        command.addAll(List.of("--api", api.toString(), "--namespace", "outrider-system"));
        command.addAll(List.of("--listen", "127.0.0.1:" + listen, "--health", "127.0.0.1:0"));
        command.addAll(List.of("--tls-cert", secret.resolve("tls.crt").toString()));
        command.addAll(List.of("--tls-key", secret.resolve("tls.key").toString()));
        command.addAll(List.of("--tls-ca", secret.resolve("ca.crt").toString()));
        command.addAll(List.of(more));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        awaitListening();
    }

    int webhook() {
        return webhook;
    }

    int health() {
        return health;
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; what was begun goes on. */
    void terminate() {
        process.destroy();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the injector does not end on SIGTERM");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void awaitListening() throws IOException {
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.matches()) {
                webhook = Integer.parseInt(listening.group(1));
                health = Integer.parseInt(listening.group(2));
                // A thread keeps the pipe from filling up.
                Thread.ofVirtual().start(() -> swallow(lines));
                return;
            }
        }
        throw new AssertionError("the injector did not start: " + seen);
    }

    private static void swallow(BufferedReader lines) {
        try {
            while (lines.readLine() != null) {
                // It is only kept from filling up.
            }
        } catch (IOException e) {
            // It was killed.
        }
    }
}
