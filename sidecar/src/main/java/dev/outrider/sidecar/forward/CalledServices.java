package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.discover.KubernetesConfig;
import java.time.Duration;
import java.util.Map;

/** What both ways out, the app's and the edge's, say of the services they call. */
public interface CalledServices {
    /** Destinations by name, in the order of the file. */
    Map<String, ServiceConfig> services();

    /** How many services, the first, are looked up before they are called, and kept. */
    int eager();

    /** How identity tokens are sent and kept. */
    IdentityTokenConfig tokens();

    /** Files with identity tokens by audience; other audiences are minted by the CA. */
    Map<String, String> tokenFiles();

    /** How long the first calls are held until what they need is there. */
    Duration startWait();

    /** The Kubernetes cluster they may be in. */
    KubernetesConfig cluster();
}
