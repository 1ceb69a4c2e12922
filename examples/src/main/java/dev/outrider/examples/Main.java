package dev.outrider.examples;

import dev.outrider.certs.CaCommand;
import dev.outrider.certs.CertsCommand;
import dev.outrider.injector.InjectorCommand;
import dev.outrider.injector.capture.InitCommand;
import dev.outrider.injector.manifest.InjectCommand;
import dev.outrider.injector.manifest.UninjectCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that need the whole project: the demo and the shell completion. */
@Command(
        name = "outrider",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            DemoCommand.class,
            CompletionCommand.class,
            CertsCommand.class,
            CaCommand.class,
            InitCommand.class,
            InjectCommand.class,
            UninjectCommand.class,
            InjectorCommand.class
        },
        description = "A service-mesh sidecar proxy and edge gateway.")
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The release this class comes from. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("build.properties")) {
                build.load(Objects.requireNonNull(in, "build.properties"));
            }
            return new String[] {"outrider " + build.getProperty("version")};
        }
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        dev.outrider.sidecar.Commands.commandLine().getSubcommands().forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    PrintWriter err = command.getErr();
                    String message = failure.getMessage();
                    err.println(message == null ? failure.toString() : message);
                    return 1;
                });
    }
}
