package dev.outrider.injector;

import dev.outrider.certs.command.HelpOption;
import dev.outrider.injector.capture.InitCommand;
import dev.outrider.injector.manifest.InjectCommand;
import dev.outrider.injector.manifest.UninjectCommand;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands of this module as a program of their own. */
@Command(
        name = "outrider",
        synopsisSubcommandLabel = "(init | inject | uninject | injector) …",
        description = "Puts the proxy in front of a workload.",
        subcommands = {
            InitCommand.class,
            InjectCommand.class,
            UninjectCommand.class,
            InjectorCommand.class
        })
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
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("outrider: " + Objects.toString(failure.getMessage()));
                    if (failure instanceof RuntimeException) {
                        failure.printStackTrace(command.getErr());
                    }
                    command.getErr().flush();
                    return 1;
                });
    }
}
