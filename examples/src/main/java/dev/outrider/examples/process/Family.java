package dev.outrider.examples.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All children of this process. Closing ends them in the reverse order of their start, politely
 * first. If this process is killed without a chance to close, the {@link Watchdog} ends them.
 */
public final class Family implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Path logs;
    private final Watchdog watchdog;
    private final List<Child> children = new ArrayList<>();
    private boolean closed;

    public Family(Path logs) throws IOException {
        this.logs = logs;
        this.watchdog = new Watchdog();
    }

    /** Starts a program; its output is appended to {@code <name>.log}. */
    public synchronized Child start(
            String name, List<String> command, Map<String, String> environment) throws IOException {
        if (closed) {
            throw new IOException("the demo is ending; " + name + " is not started any more");
        }
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Child child = new Child(name, builder.start(), log);
        watchdog.watch(child.process().pid());
        child.process().onExit().thenAccept(ended -> watchdog.forget(ended.pid()));
        children.removeIf(former -> former.name().equals(name));
        children.add(child);
        return child;
    }

    /** The child of this name that was started last. */
    public synchronized Child child(String name) {
        return children.stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no child is named " + name));
    }

    /** Those that have ended, whoever ended them. */
    public synchronized List<Child> ended() {
        return children.stream().filter(child -> !child.alive()).toList();
    }

    /** Ends every child; afterwards none is left, and none can be started. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = false;
        for (Child child : children.reversed()) {
            child.terminate();
        }
        for (Child child : children.reversed()) {
            try {
                child.reap(PATIENCE);
            } catch (InterruptedException e) {
                interrupted = true;
                child.process().destroyForcibly();
            }
        }
        watchdog.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
