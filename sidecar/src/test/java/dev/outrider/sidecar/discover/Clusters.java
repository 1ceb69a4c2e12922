package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.util.Random;

/** Clusters for tests. */
public final class Clusters {
    private Clusters() {}

    /** One that nobody may ask. */
    public static Cluster none() {
        return with(
                config("default", ""),
                () -> {
                    throw new IOException("there is no cluster");
                },
                Ticker.system());
    }

    public static Cluster of(FakeKubernetes server, KubernetesConfig config, Ticker ticker) {
        return with(config, server::api, ticker);
    }

    static Cluster with(KubernetesConfig config, Cluster.Opener opener, Ticker ticker) {
        return new Cluster(config, "cluster.local", opener, ticker, new Random(7));
    }

    public static KubernetesConfig config(String namespace, String zone) {
        return KubernetesConfig.DEFAULTS.in(namespace, zone);
    }
}
