package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the injected containers read and write. */
final class Volumes {
    static final String CONFIG = "outrider-config";
    static final String TRUST = "outrider-trust";
    static final String TOKEN = "outrider-token";
    static final String API = "outrider-api";
    static final String SCRATCH = "outrider-tmp";
    static final List<String> NAMES = List.of(CONFIG, TRUST, TOKEN, API, SCRATCH);

    static final String CONFIG_DIRECTORY = "/etc/outrider/config";
    static final String TRUST_DIRECTORY = "/etc/outrider/trust";
    private static final String API_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

    private static final int TOKEN_SECONDS = 3600;

    /** As the API server chooses for the tokens that it mounts by itself. */
    private static final int API_TOKEN_SECONDS = 3607;

    private static final int READABLE = 0644;

    private Volumes() {}

    /** In the order of {@link #NAMES}. */
    static List<Map<String, @Nullable Object>> of(InjectionConfig config, PodSettings settings) {
        return List.of(
                projected(CONFIG, configuration(config, settings)),
                volume(TRUST, "configMap", trust(config)),
                projected(TOKEN, List.of(token(config))),
                projected(API, api()),
                volume(SCRATCH, "emptyDir", Fields.of("medium", "Memory", "sizeLimit", "64Mi")));
    }

    private static Map<String, @Nullable Object> volume(String name, String kind, Object content) {
        return Fields.of("name", name, kind, content);
    }

    /**
     * Whole: the list of what is revoked stands beside the roots, once the authority has written
     * it, and a pod need not wait for that.
     */
    private static Map<String, @Nullable Object> trust(InjectionConfig config) {
        return Fields.of("name", config.configMaps().trust(), "defaultMode", READABLE);
    }

    /** Only the CA takes it. */
    private static Map<String, @Nullable Object> token(InjectionConfig config) {
        return Fields.of(
                "serviceAccountToken",
                Fields.of(
                        "audience",
                        config.audience(),
                        "expirationSeconds",
                        TOKEN_SECONDS,
                        "path",
                        "token"));
    }

    /** The mesh's, the namespace's and the pod's, which the command line lays over each other. */
    private static List<Object> configuration(InjectionConfig config, PodSettings settings) {
        List<Object> sources = new ArrayList<>();
        sources.add(configMap(config.configMaps().mesh(), false, item("mesh.yaml", "mesh.yaml")));
        sources.add(
                configMap(
                        config.configMaps().namespace(),
                        true,
                        item("config.yaml", "namespace.yaml")));
        if (settings.config()) {
            sources.add(
                    Fields.of(
                            "downwardAPI",
                            Fields.of(
                                    "items",
                                    List.of(
                                            Fields.of(
                                                    "path",
                                                    "pod.yaml",
                                                    "fieldRef",
                                                    annotation(
                                                            PodAnnotation.CONFIG.annotation()))))));
        }
        return sources;
    }

    /**
     * What the API server mounts too, unless the pod or its service account says otherwise, which
     * last cannot be seen from the pod.
     */
    private static List<Object> api() {
        return List.of(
                Fields.of(
                        "serviceAccountToken",
                        Fields.of("expirationSeconds", API_TOKEN_SECONDS, "path", "token")),
                configMap("kube-root-ca.crt", false, item("ca.crt", "ca.crt")),
                Fields.of(
                        "downwardAPI",
                        Fields.of(
                                "items",
                                List.of(
                                        Fields.of(
                                                "path",
                                                "namespace",
                                                "fieldRef",
                                                field("metadata.namespace"))))));
    }

    static List<Object> proxyMounts() {
        return List.of(
                readOnly(CONFIG, CONFIG_DIRECTORY),
                readOnly(TRUST, TRUST_DIRECTORY),
                readOnly(TOKEN, "/var/run/secrets/outrider"),
                readOnly(API, API_DIRECTORY),
                Fields.of("name", SCRATCH, "mountPath", "/tmp"));
    }

    /** The legacy iptables keeps its lock in /run. */
    static List<Object> initMounts() {
        return List.of(
                Fields.of("name", SCRATCH, "mountPath", "/tmp"),
                Fields.of("name", SCRATCH, "mountPath", "/run"));
    }

    static Map<String, @Nullable Object> field(String path) {
        return Fields.of("apiVersion", "v1", "fieldPath", path);
    }

    private static Map<String, @Nullable Object> annotation(String name) {
        return field("metadata.annotations['" + name + "']");
    }

    private static Map<String, @Nullable Object> readOnly(String volume, String path) {
        return Fields.of("name", volume, "mountPath", path, "readOnly", true);
    }

    private static Map<String, @Nullable Object> projected(String name, List<Object> sources) {
        return volume(name, "projected", Fields.of("defaultMode", READABLE, "sources", sources));
    }

    private static Map<String, @Nullable Object> configMap(
            String name, boolean optional, Map<String, @Nullable Object> item) {
        Map<String, @Nullable Object> map = Fields.of("name", name);
        if (optional) {
            map.put("optional", true);
        }
        map.put("items", List.of(item));
        return Fields.of("configMap", map);
    }

    private static Map<String, @Nullable Object> item(String key, String path) {
        return Fields.of("key", key, "path", path);
    }
}
