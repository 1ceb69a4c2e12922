package dev.outrider.sidecar;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the binary starts: {@code outrider sidecar …}, {@code check …} and {@code keys …}. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(
                startsProxy(arguments)
                        ? proxy(Path.of(arguments[2]))
                        : Commands.execute(arguments));
    }

    /**
     * The very command that every pod starts with. It goes past picocli, whose classes are of Java
     * 5 and so are in no cache of the JVM: they would be read, verified and asked for their
     * annotations at every start. For the same reason no signature here names one of them: the
     * JVM's launcher resolves those of the class with {@code main}.
     */
    private static boolean startsProxy(String[] arguments) {
        return arguments.length == 3
                && arguments[0].equals("sidecar")
                && arguments[1].equals("--config");
    }

    private static int proxy(Path file) {
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        try {
            return ProxyProcess.run(file, err);
        } catch (Exception e) {
            err.println("outrider: " + sentence(e));
            return 1;
        }
    }

    /** An IOException's message is written for users; anything else is a bug and shows itself. */
    static String sentence(Exception error) {
        if (error instanceof IOException && error.getMessage() != null) {
            return error.getMessage();
        }
        LOG.error("the command failed", error);
        return error.toString();
    }
}
