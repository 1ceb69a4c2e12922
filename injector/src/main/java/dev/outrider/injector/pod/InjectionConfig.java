package dev.outrider.injector.pod;

import dev.outrider.injector.settings.Settings;
import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the operator of the mesh decides for all pods.
 *
 * @param image of the proxy and of init
 * @param controlPlane the namespace of CA and injector, whose pods are never touched
 * @param excludedNamespaces whose pods neither are
 * @param ca where the CA listens
 * @param audience of the token that a pod shows to the CA
 * @param user the proxy's user and group id, by which the redirect rules know it
 * @param imagePullSecrets of the pod's namespace, with which that image may be fetched
 * @param hookKeys without which nobody calls a pod's hooks
 * @param mesh the ConfigMaps that the controller and the user write into each namespace
 */
public record InjectionConfig(
        String version,
        String image,
        PullPolicy imagePullPolicy,
        List<String> imagePullSecrets,
        String controlPlane,
        List<String> excludedNamespaces,
        String trustDomain,
        URI ca,
        String audience,
        NativeSidecar nativeSidecar,
        int user,
        Ports ports,
        Resources resources,
        Resources initResources,
        ConfigMaps configMaps,
        HookKeys hookKeys) {

    /** Of this build, which a test compares with the project's; pods say it in an annotation. */
    static final String VERSION = "0.1.0";

    public static final InjectionConfig DEFAULTS =
            new InjectionConfig(
                    VERSION,
                    "ghcr.io/outrider/outrider:" + VERSION,
                    PullPolicy.IF_NOT_PRESENT,
                    List.of(),
                    "outrider-system",
                    List.of("kube-system", "kube-public", "kube-node-lease"),
                    "cluster.local",
                    URI.create("https://outrider-ca.outrider-system.svc:8443"),
                    "outrider-ca",
                    NativeSidecar.AUTO,
                    1337,
                    new Ports(15_001, 15_006, 15_020),
                    new Resources("100m", "128Mi", "2", "512Mi"),
                    new Resources("10m", "64Mi", "1", "256Mi"),
                    new ConfigMaps("outrider-mesh", "outrider-config", "outrider-trust"),
                    HookKeys.random());

    /** Whether the proxy is an init container that goes on running. */
    public enum NativeSidecar {
        AUTO,
        ON,
        OFF
    }

    /** When the kubelet fetches the image. */
    public enum PullPolicy {
        ALWAYS("Always"),
        IF_NOT_PRESENT("IfNotPresent"),
        NEVER("Never");

        private final String word;

        PullPolicy(String word) {
            this.word = word;
        }

        static PullPolicy of(String word) {
            return Stream.of(values())
                    .filter(each -> each.word.equals(word))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException("write Always, IfNotPresent or Never"));
        }

        String word() {
            return word;
        }
    }

    /**
     * The proxy's ports that the pod's rules and probes must know; mesh.yaml has to say the same.
     *
     * @param outbound where the app's connections are led
     * @param inbound where connections from outside are led
     * @param pod for the kubelet and Prometheus
     */
    public record Ports(int outbound, int inbound, int pod) {
        public Ports {
            if (Stream.of(outbound, inbound, pod, OwnPorts.ADMIN).distinct().count() < 4) {
                throw new IllegalArgumentException(
                        "outbound, inbound, pod and the operators' port %d must all differ"
                                .formatted(OwnPorts.ADMIN));
            }
        }
    }

    /** Requests and limits; an empty text leaves one out. */
    public record Resources(
            String cpuRequest, String memoryRequest, String cpuLimit, String memoryLimit) {}

    /** Names of the ConfigMaps in a pod's namespace. */
    public record ConfigMaps(String mesh, String namespace, String trust) {}

    public static InjectionConfig load(Path file) throws IOException, SettingsException {
        return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    }

    /** Reads the text of a file; what it leaves out is as in {@link #DEFAULTS}. */
    public static InjectionConfig parse(String file, String yaml) throws SettingsException {
        Settings settings = Settings.parse(file, yaml);
        InjectionConfig config = read(settings);
        settings.end();
        return config;
    }

    /** Reads these keys of a larger file, whose reader then says {@link Settings#end}. */
    public static InjectionConfig read(Settings from) throws SettingsException {
        InjectionConfig base = DEFAULTS;
        return new InjectionConfig(
                base.version,
                from.parsed("image", base.image, InjectionConfig::image),
                from.parsed("imagePullPolicy", base.imagePullPolicy, PullPolicy::of),
                from.list("imagePullSecrets", base.imagePullSecrets, InjectionConfig::secret),
                from.text("controlPlane", base.controlPlane),
                from.list("excludedNamespaces", base.excludedNamespaces, String::strip),
                from.text("trustDomain", base.trustDomain),
                from.parsed("ca", base.ca, InjectionConfig::https),
                from.text("audience", base.audience),
                from.choice("nativeSidecar", base.nativeSidecar),
                from.number("user", base.user, 1, Integer.MAX_VALUE),
                ports(from.section("ports"), base.ports),
                resources(from.section("resources"), base.resources),
                resources(from.section("initResources"), base.initResources),
                configMaps(from.section("configMaps"), base.configMaps),
                from.secret("hookSecret", base.hookKeys, HookKeys::from));
    }

    private static Ports ports(Settings from, Ports base) throws SettingsException {
        int outbound = from.number("outbound", base.outbound, 1, 65_535);
        int inbound = from.number("inbound", base.inbound, 1, 65_535);
        int pod = from.number("pod", base.pod, 1, 65_535);
        from.end();
        try {
            return new Ports(outbound, inbound, pod);
        } catch (IllegalArgumentException e) {
            throw from.error(String.valueOf(e.getMessage()));
        }
    }

    private static Resources resources(Settings from, Resources base) throws SettingsException {
        Settings requests = from.section("requests");
        Settings limits = from.section("limits");
        from.end();
        Resources resources =
                new Resources(
                        requests.parsed("cpu", base.cpuRequest, Quantity::check),
                        requests.parsed("memory", base.memoryRequest, Quantity::check),
                        limits.parsed("cpu", base.cpuLimit, Quantity::check),
                        limits.parsed("memory", base.memoryLimit, Quantity::check));
        requests.end();
        limits.end();
        return resources;
    }

    private static ConfigMaps configMaps(Settings from, ConfigMaps base) throws SettingsException {
        ConfigMaps maps =
                new ConfigMaps(
                        from.text("mesh", base.mesh),
                        from.text("namespace", base.namespace),
                        from.text("trust", base.trust));
        from.end();
        return maps;
    }

    private static String secret(String text) {
        if (!text.matches("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")) {
            throw new IllegalArgumentException("write the name of a Secret, such as registry");
        }
        return text;
    }

    private static URI https(String text) {
        URI uri = URI.create(text);
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("write an address such as " + DEFAULTS.ca);
        }
        return uri;
    }

    static String image(String text) {
        if (!text.matches("[a-zA-Z0-9][a-zA-Z0-9._:/@+-]{0,511}")) {
            throw new IllegalArgumentException("write an image such as " + DEFAULTS.image);
        }
        return text;
    }
}
