package dev.outrider.sidecar;

import picocli.CommandLine;

/** The commands as picocli knows them: for help, {@code check}, and options of {@code sidecar}. */
public final class Commands {
    private Commands() {}

    static int execute(String[] arguments) {
        return commandLine().execute(arguments);
    }

    /** The parsed tree, for whoever shows all commands together. */
    public static CommandLine commandLine() {
        return new CommandLine(new OutriderCommand())
                .setExecutionExceptionHandler((error, command, _) -> {
                    command.getErr().println("outrider: " + Main.sentence(error));
                    return 1;
                });
    }

    @CommandLine.Command(
            name = "outrider",
            subcommands = {SidecarCommand.class, CheckCommand.class, KeysCommand.class},
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
