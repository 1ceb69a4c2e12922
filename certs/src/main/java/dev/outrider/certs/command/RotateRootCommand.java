package dev.outrider.certs.command;

import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.certs.ca.cluster.ClusterAuthority;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code outrider ca rotate-root}. */
@Command(
        name = "rotate-root",
        description = {
            "Ask the authority for another root. Nothing is restarted: the new root is announced",
            "in the trust bundle, signs after --root-distribution, and the old one goes when the",
            "last certificate below it has ended."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider ca rotate-root --dir ca",
            "  kubectl -n outrider-system exec deploy/outrider-ca -- \\",
            "    outrider ca rotate-root --kubernetes"
        })
public final class RotateRootCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Mixin private final ClusterPlace place = new ClusterPlace();

    @Option(names = "--dir", description = "The authority's directory.")
    private @Nullable Path dir;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, KubeException {
        Path directory = dir;
        if (place.kubernetes() == (directory != null)) {
            throw new ParameterException(
                    spec.commandLine(), "which authority? Give --dir or --kubernetes");
        }
        if (directory != null) {
            AuthorityDirectory.open(directory, new SecureRandom()).requestRotation();
        } else {
            try (KubeApi api = KubeApi.inCluster()) {
                ClusterAuthority.requestRotation(api, place.namespace(), place.secret());
            }
        }
        spec.commandLine()
                .getOut()
                .println(
                        "Another root is asked for. A running authority begins within half a"
                                + " minute, one that does not run when it starts; its log tells the"
                                + " times.");
        return 0;
    }
}
