package dev.outrider.certs;

import dev.outrider.certs.command.Failures;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of this module as a program of their own. */
@Command(
        name = "outrider",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(certs | ca) …",
        description = "The mesh's certificates and its certificate authority.",
        subcommands = {CertsCommand.class, CaCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The parsed tree, for whoever runs the commands in a process of its own making. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Failures());
    }
}
