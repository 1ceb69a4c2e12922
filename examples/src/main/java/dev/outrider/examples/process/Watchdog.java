package dev.outrider.examples.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.concurrent.TimeUnit;

/**
 * Ends the children of a process that was killed and could not do it itself. It is a shell that
 * reads process ids from a pipe, {@code +} for a new child and {@code -} for one that ended. Only
 * this process holds the other end, so the pipe ends with this process however that ends, and then
 * the shell kills whoever is left. (Linux can tie a child's life to its parent's with
 * PR_SET_PDEATHSIG, but to that of the one thread that started it.)
 */
final class Watchdog implements AutoCloseable {
    /** Ctrl-C reaches the whole group; the watchdog must outlive it to do its work. */
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP
            left=' '
            while read -r word pid; do
              case $word in
                +) left="$left$pid " ;;
                -) case $left in *" $pid "*) left="${left%% $pid *} ${left#* $pid }" ;; esac ;;
              esac
            done
            for pid in $left; do kill -KILL "$pid" 2>/dev/null; done
            """;

    private final Process shell;
    private final Writer pipe;

    Watchdog() throws IOException {
        shell =
                new ProcessBuilder("/bin/sh", "-c", SCRIPT)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        pipe = shell.outputWriter();
    }

    synchronized void watch(long pid) throws IOException {
        pipe.write("+ " + pid + "\n");
        pipe.flush();
    }

    /** Its number may soon belong to another process, which must not be killed. */
    synchronized void forget(long pid) {
        try {
            pipe.write("- " + pid + "\n");
            pipe.flush();
        } catch (IOException e) {
            // The watchdog is gone, and with it the number.
        }
    }

    @Override
    public synchronized void close() {
        try {
            pipe.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the watchdog's pipe", e);
        }
        try {
            if (!shell.waitFor(2, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (InterruptedException e) {
            shell.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
