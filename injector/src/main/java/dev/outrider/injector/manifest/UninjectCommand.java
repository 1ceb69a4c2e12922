package dev.outrider.injector.manifest;

import dev.outrider.certs.command.HelpOption;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code outrider uninject}. */
@Command(
        name = "uninject",
        description = {
            "Take the sidecar out of the pods of Kubernetes manifests.",
            "A file that outrider inject changed becomes what it was, byte for byte. Objects",
            "from a cluster become what they were before the injector saw them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider uninject -f deploy.yaml --diff        see what would change",
            "  outrider uninject -f k8s/ -R --in-place        change the files of a directory",
            "  kubectl get deploy web -o yaml | outrider uninject -f - | kubectl apply -f -",
            "",
            "The report goes to standard error. If anything is wrong, nothing is written."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0: done, also when there was nothing to take out",
            "1: an input, an object or the output is wrong; nothing was written",
            "2: wrong usage"
        })
public final class UninjectCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Mixin private FileOptions options = new FileOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    private final InputStream in;
    private final PrintStream out;

    /** With the process' own streams. */
    public UninjectCommand() {
        this(System.in, System.out);
    }

    UninjectCommand(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public Integer call() {
        options.check(spec);
        // What was put in is written in each pod; no configuration has a say in it.
        FileRemoval removal = new FileRemoval(new PodInjector(InjectionConfig.DEFAULTS));
        Rewriter rewriter = new Rewriter(removal, removal);
        return new FileRun(options, in, out, spec.commandLine().getErr())
                .run("uninjected", _ -> rewriter::uninject);
    }
}
