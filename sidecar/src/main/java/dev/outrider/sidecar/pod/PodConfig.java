package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.schema.InvalidParts;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.IpPort;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the kubelet and Prometheus may have from outside.
 *
 * @param address where the app is called
 * @param probes by container and kind
 * @param metrics null if the app has none
 */
public record PodConfig(
        IpPort listen,
        InetAddress address,
        Map<String, ProbeConfig> probes,
        @Nullable AppMetricsConfig metrics) {
    private static final Pattern NAME =
            Pattern.compile(
                    "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
                            + "/(liveness|readiness|startup|poststart|prestop)");

    private static final IpPort LISTEN = IpPort.parse("0.0.0.0:15020");
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");

    private static final Schema<InetAddress> IP =
            Schemas.scalar(
                    "IP address",
                    Map.of("type", "string", "pattern", "^[0-9a-fA-F:.]+$"),
                    ADDRESS,
                    PodConfig::ip);

    public static final RecordSchema<PodConfig> SCHEMA =
            Schema.record(
                    "PodConfig",
                    "What the kubelet and Prometheus may have from outside, without a certificate:"
                            + " health, metrics, and the app's probes (docs/pod-port.md).",
                    f ->
                            new PodConfig(
                                    f.optional(
                                            "listen",
                                            IpPort.SCHEMA,
                                            LISTEN,
                                            "where to listen; 0.0.0.0 means IPv6 too;"
                                                    + " a change needs a restart"),
                                    f.optional(
                                            "address",
                                            IP,
                                            ADDRESS,
                                            "where the app is called; the pod's own address is"
                                                    + " what the kubelet would call"),
                                    f.optional(
                                            "probes",
                                            Schemas.map(ProbeConfig.SCHEMA),
                                            Map.of(),
                                            "by container and kind, such as app/liveness"),
                                    f.nullable(
                                            "metrics",
                                            AppMetricsConfig.SCHEMA,
                                            "the app's metrics, to be told with the sidecar's")));

    public PodConfig {
        probes = Collections.unmodifiableMap(new LinkedHashMap<>(probes));
        for (String name : probes.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new InvalidParts(
                        PartPath.of("probes", name),
                        "probe '"
                                + name
                                + "' needs a name such as app/liveness: a container, and one of"
                                + " liveness, readiness, startup, poststart, prestop");
            }
        }
    }

    private static InetAddress ip(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected an IP address such as 10.1.2.3", e);
        }
    }
}
