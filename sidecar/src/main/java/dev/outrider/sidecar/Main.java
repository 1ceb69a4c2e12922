package dev.outrider.sidecar;

import java.io.IOException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the binary starts: {@code outrider sidecar …}, {@code check …} and {@code keys …}. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        // No signature here names a class of picocli: the JVM's launcher resolves those of the
        // class with main.
        ProxyArguments plain = ProxyArguments.plain(arguments);
        System.exit(plain == null ? Commands.execute(arguments) : proxy(plain));
    }

    private static int proxy(ProxyArguments arguments) {
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        try {
            return ProxyProcess.run(arguments, err);
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
