package dev.outrider.examples.kubelet;

import java.util.Map;
import java.util.Optional;

/** What a kubelet asks the API server for on behalf of a pod. */
interface ClusterObjects {
    /** The data of a ConfigMap. */
    Optional<Map<String, String>> configMap(String namespace, String name);

    /** A token of a pod's service account, for whoever is the audience. */
    String token(PodSpec pod, String audience) throws Exception;
}
