package dev.outrider.examples.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running program with the file that its output goes to. */
public record Child(String name, Process process, Path log) {
    private static final int SHOWN_LINES = 12;

    public boolean alive() {
        return process.isAlive();
    }

    /** Ends it as a crash would: nothing is flushed, nothing said goodbye to. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end. */
    void terminate() {
        process.destroy();
    }

    /** Waits at most so long for its end, then makes it end. */
    void reap(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
    }

    public String output() throws IOException {
        // A line that is being written may end within a character.
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    }

    /** The last lines it wrote, for a person who wonders why it ended. */
    public String lastWords() {
        try {
            List<String> lines = output().lines().toList();
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read)";
        }
    }
}
