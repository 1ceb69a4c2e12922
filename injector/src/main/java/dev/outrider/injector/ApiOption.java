package dev.outrider.injector;

import dev.outrider.certs.kubernetes.KubeApi;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By which way a command reaches the API server. */
final class ApiOption {
    @Option(
            names = "--api",
            paramLabel = "URL",
            description = "The API server through kubectl proxy, instead of as a pod.")
    private @Nullable URI url;

    KubeApi open() throws IOException {
        return url == null ? KubeApi.inCluster() : new KubeApi(url, () -> "", null);
    }
}
