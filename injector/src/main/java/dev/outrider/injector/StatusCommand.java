package dev.outrider.injector;

import dev.outrider.certs.command.HelpOption;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.injector.reconcile.ClusterStatus;
import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider injector status}. */
@Command(
        name = "status",
        description = {
            "Show which workloads of the cluster have the sidecar they should have, who answers for",
            "its Services, and what the API server trusts. Changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  kubectl -n outrider-system exec deploy/outrider-injector -- outrider injector status",
            "  kubectl proxy & outrider injector status --api http://127.0.0.1:8001 -n shop"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0: every pod that should have a sidecar has one",
            "1: some have none, or the cluster cannot be asked",
            "2: wrong usage"
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(
            names = {"-n", "--namespace"},
            description = "Only this one.")
    private @Nullable String namespace;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "What is injected, if not the defaults.")
    private @Nullable Path config;

    @Option(
            names = "--webhook",
            defaultValue = "outrider-injector",
            description = "The MutatingWebhookConfiguration (default: ${DEFAULT-VALUE}).")
    private String webhook = "";

    @Mixin private ApiOption api = new ApiOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, SettingsException, KubeException {
        InjectionFile injection = InjectionFile.open(Optional.ofNullable(config));
        try (KubeApi kubernetes = api.open()) {
            ClusterStatus status =
                    ClusterStatus.read(
                            kubernetes,
                            Optional.ofNullable(namespace),
                            webhook,
                            injection.injector(),
                            injection.config().version());
            PrintWriter out = spec.commandLine().getOut();
            out.print(status.text(Instant.now()));
            out.flush();
            return status.complete() ? 0 : 1;
        }
    }
}
