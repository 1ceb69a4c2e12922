package dev.outrider.certs;

import dev.outrider.certs.command.Failures;
import dev.outrider.certs.command.HelpOption;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands of this module as a program of their own. */
@Command(
        name = "outrider",
        synopsisSubcommandLabel = "(certs | ca) …",
        description = "The mesh's certificates and its certificate authority.",
        subcommands = {CertsCommand.class, CaCommand.class})
public final class Main {
    @Mixin final HelpOption help = new HelpOption();

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
