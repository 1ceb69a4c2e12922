package dev.outrider.sidecar;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Where the binary starts: {@code outrider sidecar …} and {@code outrider check …}. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(
                startsProxy(arguments)
                        ? proxy(Path.of(arguments[2]))
                        : commandLine().execute(arguments));
    }

    /**
     * The very command that every pod starts with. It goes past picocli, whose classes are of Java
     * 5 and so are in no cache of the JVM: they would be read, verified and asked for their
     * annotations at every start.
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

    /** The parsed tree, for whoever shows all commands together. */
    public static CommandLine commandLine() {
        return new CommandLine(new OutriderCommand())
                .setExecutionExceptionHandler((error, command, _) -> {
                    command.getErr().println("outrider: " + sentence(error));
                    return 1;
                });
    }

    /** An IOException's message is written for users; anything else is a bug and shows itself. */
    private static String sentence(Exception error) {
        if (error instanceof IOException && error.getMessage() != null) {
            return error.getMessage();
        }
        LOG.error("the command failed", error);
        return error.toString();
    }

    @CommandLine.Command(
            name = "outrider",
            subcommands = {SidecarCommand.class, CheckCommand.class},
            description = "A service-mesh sidecar proxy.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionText.class)
    static final class OutriderCommand implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(spec).commandLine(), "which command?");
        }
    }

    static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"outrider " + Version.text()};
        }
    }
}
