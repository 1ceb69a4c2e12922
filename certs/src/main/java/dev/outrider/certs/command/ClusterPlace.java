package dev.outrider.certs.command;

import dev.outrider.certs.kubernetes.KubeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which authority of the cluster is meant. */
public final class ClusterPlace {
    @Option(
            names = "--kubernetes",
            description = "Keep everything in the cluster this runs in; instead of --dir.")
    private boolean kubernetes;

    @Option(
            names = "--namespace",
            description = "Where its Secret and Lease are (default: that of this pod).")
    private @Nullable String namespace;

    @Option(
            names = "--secret",
            defaultValue = "outrider-ca",
            description = "With the authority's state (default: ${DEFAULT-VALUE}).")
    private String secret = "";

    boolean kubernetes() {
        return kubernetes;
    }

    String secret() {
        return secret;
    }

    String namespace() {
        String given = namespace;
        if (given != null) {
            return given;
        }
        Path file = KubeApi.SERVICE_ACCOUNT.resolve("namespace");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the pod's namespace is not in " + file + "; give --namespace", e);
        }
    }
}
