package dev.outrider.sidecar.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Redis as a process of its own, on a port of 127.0.0.1 that stays the same when it is
 * restarted, with its files in a directory that goes with it. It can be killed, paused (it keeps
 * its connections and answers nothing) and started again. Needs {@code redis-server} and {@code
 * redis-cli} on the path.
 */
public final class RedisServer implements AutoCloseable {
    /** Below the ports that the kernel gives to callers, so that a restart finds its own free. */
    private static final int LOWEST_PORT = 20_000;

    private static final int PORTS = 12_000;
    private static final String ANSWERS = "Ready to accept connections";

    /** Sentinels say this last. */
    private static final String WATCHES = "+monitor";

    private final int port;
    private final int tlsPort;
    private final Path directory;
    private final List<String> arguments;
    private final boolean sentinel;
    private final List<String> access = new ArrayList<>();
    private Process process;

    private RedisServer(List<String> arguments, boolean sentinel) throws IOException {
        this.port = freePort();
        int other = freePort();
        this.tlsPort = other == port ? freePort() : other;
        this.directory = Files.createTempDirectory("redis");
        this.arguments = List.copyOf(arguments);
        this.sentinel = sentinel;
        int password = arguments.indexOf("--requirepass");
        if (password >= 0) {
            access.addAll(List.of("-a", arguments.get(password + 1), "--no-auth-warning"));
        }
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /**
     * Starts one that keeps nothing on disk, and waits until it answers. A {@code {port}}, {@code
     * {tls-port}} or {@code {dir}} in the arguments is replaced.
     *
     * @param arguments as on the command line, for example {@code "--requirepass", "secret"}
     */
    public static RedisServer start(String... arguments) throws IOException {
        return start(List.of(arguments), false);
    }

    static RedisServer sentinel(String configuration) throws IOException {
        return start(List.of(configuration), true);
    }

    /** Somebody else may take a port between the choice and the start. */
    private static RedisServer start(List<String> arguments, boolean sentinel) throws IOException {
        for (int attempt = 0; ; attempt++) {
            try {
                return new RedisServer(arguments, sentinel);
            } catch (IOException e) {
                if (attempt == 2 || !String.valueOf(e.getMessage()).contains("already in use")) {
                    throw e;
                }
            }
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-server"));
        if (sentinel) {
            // Sentinels rewrite their file, so a restarted one goes on with what it had.
            Path file = directory.resolve("sentinel.conf");
            if (!Files.exists(file)) {
                Files.writeString(file, placed(arguments.getFirst()));
            }
            command.addAll(List.of(file.toString(), "--sentinel"));
        } else {
            command.addAll(
                    List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
            command.addAll(List.of("--appendonly", "no", "--dir", directory.toString()));
            arguments.forEach(each -> command.add(placed(each)));
        }
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        awaitWord(started, sentinel ? WATCHES : ANSWERS);
        return started;
    }

    private String placed(String argument) {
        return argument.replace("{port}", Integer.toString(port))
                .replace("{tls-port}", Integer.toString(tlsPort))
                .replace("{dir}", directory.toString());
    }

    /** Its log is read on to its end, or it would stop when the pipe is full. */
    private static void awaitWord(Process started, String word) throws IOException {
        BufferedReader log = started.inputReader(StandardCharsets.UTF_8);
        List<String> said = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.add(line);
            if (line.contains(word)) {
                Thread.ofVirtual().start(() -> drain(log));
                return;
            }
        }
        throw new IOException("redis-server did not start:\n" + String.join("\n", said));
    }

    private static void drain(BufferedReader log) {
        try (log) {
            while (log.readLine() != null) {
                // Nobody asks.
            }
        } catch (IOException e) {
            // It has ended.
            return;
        }
    }

    public int port() {
        return port;
    }

    /** A second port: of TLS if the arguments said {@code "--tls-port", "{tls-port}"}. */
    public int tlsPort() {
        return tlsPort;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Runs {@code redis-cli} with these words on the plain port; what it prints, stripped. */
    public String cli(String... words) {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
        command.addAll(access);
        command.addAll(List.of(words));
        return run(command);
    }

    static String run(List<String> command) {
        try {
            Process cli = new ProcessBuilder(command).redirectErrorStream(true).start();
            cli.getOutputStream().close();
            String said = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!cli.waitFor(1, TimeUnit.MINUTES)) {
                cli.destroyForcibly();
                throw new IllegalStateException(command + " does not end");
            }
            return said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it at once, as a crash would; connections to it break. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("redis-server cannot be killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts it again after {@link #kill}, empty unless told to keep its data. */
    public void restart() throws IOException {
        process = launch();
    }

    /** It takes connections and bytes, as the kernel does that, and answers nothing. */
    public void pause() {
        run(List.of("kill", "-STOP", Long.toString(process.pid())));
    }

    public void resume() {
        run(List.of("kill", "-CONT", Long.toString(process.pid())));
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = LOWEST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket free =
                    new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                return free.getLocalPort();
            } catch (IOException e) {
                // Taken; another one.
                continue;
            }
        }
        throw new IOException("no port is free");
    }
}
