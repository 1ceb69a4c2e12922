package dev.outrider.injector.manifest;

import dev.outrider.certs.Json;
import dev.outrider.certs.command.HelpOption;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.ServerVersion;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code outrider inject}. */
@Command(
        name = "inject",
        description = {
            "Put the sidecar into the pods of Kubernetes manifests.",
            "Does to Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob,",
            "ReplicationController and lists of them what the injector does to pods in a",
            "cluster. Takes YAML and JSON. Whatever is not changed stays as it is, byte for",
            "byte: comments, order, quotes. outrider uninject takes the sidecar out again."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider inject -f deploy.yaml --diff          see what would change",
            "  outrider inject -f deploy.yaml | kubectl apply -f -",
            "  outrider inject -f k8s/ -R --in-place          change the files of a directory",
            "  helm template shop ./chart | outrider inject -f - -n shop -o shop.yaml",
            "  kubectl get deploy web -o json | outrider inject -f - | kubectl apply -f -",
            "  outrider inject -f old.yaml --kubernetes-version 1.27 --image my/outrider:1",
            "",
            "Which pods: all in the files but those that say no (label or annotation",
            "outrider.dev/inject: \"false\"), or whose Namespace in the same files says no.",
            "--opted-in takes only those that say yes, --all also those that say no. Pods",
            "with hostNetwork and those of the control plane never get a sidecar.",
            "",
            "The report goes to standard error. If anything is wrong, nothing is written."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0: done, also when there was nothing to change",
            "1: an input, an object or the output is wrong; nothing was written",
            "2: wrong usage or configuration"
        })
public final class InjectCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Mixin private FileOptions options = new FileOptions();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "What is injected: the file that the injector reads in the cluster.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "One setting over the file's, such as resources.limits.memory=1Gi.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--image", paramLabel = "IMAGE", description = "The image of the sidecar.")
    private @Nullable String image;

    @Option(
            names = "--image-pull-secret",
            paramLabel = "NAME",
            description =
                    "A Secret of the pods' namespace with which the image may be fetched; may be"
                            + " repeated.")
    private List<String> pullSecrets = new ArrayList<>();

    @Option(
            names = "--hook-secret-file",
            paramLabel = "FILE",
            description = {
                "Holds a secret by which the keys of httpGet hooks are the same at each run;",
                "without it a pod that has such hooks gets another key each time."
            })
    private @Nullable Path hookSecret;

    @Option(
            names = "--native-sidecar",
            paramLabel = "WHEN",
            description =
                    "on: an init container that keeps running (Kubernetes 1.29); off: a container"
                            + " beside the app's; auto: by --kubernetes-version.")
    private InjectionConfig.@Nullable NativeSidecar nativeSidecar;

    @Option(
            names = "--kubernetes-version",
            paramLabel = "VERSION",
            defaultValue = "1.29",
            description = "Of the cluster that the files are for (default: ${DEFAULT-VALUE}).")
    private String kubernetesVersion = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Of objects that do not say (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(names = "--all", description = "Also pods that say no.")
    private boolean all;

    @Option(names = "--opted-in", description = "Only pods that say yes, or whose Namespace does.")
    private boolean optedIn;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    private final InputStream in;
    private final PrintStream out;

    /** With the process' own streams. */
    public InjectCommand() {
        this(System.in, System.out);
    }

    InjectCommand(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public Integer call() {
        options.check(spec);
        if (all && optedIn) {
            throw new ParameterException(
                    spec.commandLine(), "--all and --opted-in exclude each other; choose one");
        }
        PrintWriter err = spec.commandLine().getErr();
        ServerVersion server = version();
        PodInjector injector;
        try {
            injector = new PodInjector(config());
        } catch (ManifestException e) {
            FileRun.say(err, e);
            return 2;
        }
        return new FileRun(options, in, out, err)
                .run("injected", sources -> rewriter(injector, server, sources)::inject);
    }

    private Rewriter rewriter(PodInjector injector, ServerVersion server, List<Source> sources)
            throws ManifestException {
        return new Rewriter(
                new FileInjection(injector, server, namespace, who(), sources),
                new FileRemoval(injector));
    }

    private FileInjection.Who who() {
        return all
                ? FileInjection.Who.ALL
                : optedIn ? FileInjection.Who.OPTED_IN : FileInjection.Who.NAMED;
    }

    private InjectionConfig config() throws ManifestException {
        List<String> settings = new ArrayList<>(sets);
        if (image != null) {
            settings.add("image=\"" + image.replace("\"", "\\\"") + "\"");
        }
        if (!pullSecrets.isEmpty()) {
            settings.add("imagePullSecrets=" + Json.write(pullSecrets));
        }
        if (hookSecret != null) {
            String secret = InjectionSettings.text(hookSecret).strip();
            settings.add("hookSecret=" + Json.write(secret));
        }
        if (nativeSidecar != null) {
            settings.add("nativeSidecar=" + nativeSidecar.name().toLowerCase(Locale.ROOT));
        }
        return InjectionSettings.read(Optional.ofNullable(config), settings);
    }

    private ServerVersion version() {
        try {
            return ServerVersion.parse(kubernetesVersion);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
