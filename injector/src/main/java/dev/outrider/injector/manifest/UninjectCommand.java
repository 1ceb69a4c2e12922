package dev.outrider.injector.manifest;

import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

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
        PrintWriter err = spec.commandLine().getErr();
        // What was put in is written in each pod; no configuration has a say in it.
        PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
        FileRemoval removal = new FileRemoval(injector);
        Rewriter rewriter = new Rewriter(removal, removal);
        try {
            List<Source> sources = new Sources(in, options.recursive).read(options.files);
            Report report = new Report(err, "uninjected", options.quiet);
            return new FileRun(options, report, err, out).run(sources, rewriter::uninject);
        } catch (ManifestException e) {
            return failed(err, e);
        }
    }

    static int failed(PrintWriter err, ManifestException e) {
        String.valueOf(e.getMessage()).lines().forEach(line -> err.println("outrider: " + line));
        err.flush();
        return 1;
    }
}
