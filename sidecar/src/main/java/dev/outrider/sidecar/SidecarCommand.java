package dev.outrider.sidecar;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider sidecar}: runs the proxy until it is told to stop. */
@Command(
        name = "sidecar",
        description = {
            "Runs the proxy next to one app.",
            "It takes calls of other workloads over mutual TLS and hands them to the app, and carries"
                    + " the app's own calls to other workloads."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: outrider sidecar --config sidecar.yaml",
            "The app then calls http://127.0.0.1:15001/ with the service's name as Host.",
            "SIGTERM drains and stops, a second one cuts; SIGHUP looks at the configuration",
            "and opens log files anew. Exit code: 0 stopped, 1 failed or cut, 2 not valid."
        })
final class SidecarCommand implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--until-apps-end",
            arity = "0..1",
            paramLabel = "N",
            fallbackValue = "1",
            defaultValue = "0",
            description =
                    "end when the processes of all other containers of this pod have ended, of which"
                            + " at least N (1) must have been there; the pod needs"
                            + " shareProcessNamespace")
    private int apps;

    @Option(names = "--check", description = "say whether the configuration is valid, and stop")
    private boolean check;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = java.util.Objects.requireNonNull(spec).commandLine().getErr();
        return check
                ? CheckCommand.check(config.layers(), spec.commandLine().getOut(), err)
                : ProxyProcess.run(new ProxyArguments(config.layers(), apps), err);
    }
}
