package dev.outrider.injector.pod;

import dev.outrider.injector.capture.PortRange;
import dev.outrider.injector.capture.PortSet;
import dev.outrider.injector.pod.InjectionConfig.NativeSidecar;
import dev.outrider.injector.pod.InjectionConfig.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What holds for one pod, after its annotations and the mesh's configuration.
 *
 * @param nativeSidecar whether the proxy is an init container that goes on running
 * @param inboundPorts what the app speaks, by its port
 * @param outboundPorts what is spoken on the ports it calls
 * @param config whether the pod has configuration of its own
 */
record PodSettings(
        String image,
        Resources resources,
        boolean nativeSidecar,
        Capture capture,
        Map<Integer, String> inboundPorts,
        Map<Integer, String> outboundPorts,
        boolean rewriteProbes,
        boolean mergeMetrics,
        Optional<Duration> drain,
        Map<String, String> sets,
        boolean config) {
    /** Among {@code sets}. */
    static final String MTLS = "inbound.mtls";

    private static final int MOST_PORTS = 100;
    private static final Set<String> PROTOCOLS =
            Set.of("http", "http2", "grpc", "tcp", "tls", "auto");
    private static final Set<String> LEVELS =
            Set.of("off", "error", "warn", "info", "debug", "trace");

    static PodSettings of(
            Annotations from, InjectionConfig config, PortNames names, ServerVersion server)
            throws Unfit {
        return new PodSettings(
                from.get(PodAnnotation.IMAGE, InjectionConfig::image).orElse(config.image()),
                resources(from, config.resources()),
                nativeSidecar(from, config, server),
                Capture.of(from, names),
                inboundPorts(from, names),
                from.get(PodAnnotation.OUTBOUND_PROTOCOLS, PodSettings::protocols).orElse(Map.of()),
                from.get(PodAnnotation.REWRITE_PROBES, PodSettings::flag).orElse(true),
                from.get(PodAnnotation.MERGE_METRICS, PodSettings::flag).orElse(true),
                from.get(PodAnnotation.DRAIN, PodSettings::duration),
                sets(from),
                from.get(PodAnnotation.CONFIG, PodSettings::overlay).isPresent());
    }

    /** What stands in the proxy's configuration under the same key. */
    private static Map<String, String> sets(Annotations from) throws Unfit {
        Map<String, String> sets = new TreeMap<>();
        from.get(PodAnnotation.MTLS, oneOf(Set.of("strict", "permissive")))
                .ifPresent(mode -> sets.put(MTLS, mode));
        // A bare off is a boolean to YAML 1.1, and a text here.
        from.get(PodAnnotation.LOG_LEVEL, oneOf(LEVELS))
                .ifPresent(level -> sets.put("log.level", level));
        from.get(PodAnnotation.ACCESS_LOG, oneOf(Set.of("off", "stdout")))
                .ifPresent(output -> sets.put("accessLog.output", output));
        from.get(PodAnnotation.TRACE_SAMPLING, PodSettings::percentage)
                .ifPresent(share -> sets.put("tracing.sampling", share));
        return sets;
    }

    private static boolean nativeSidecar(
            Annotations from, InjectionConfig config, ServerVersion server) throws Unfit {
        NativeSidecar wanted =
                from.get(PodAnnotation.NATIVE_SIDECAR, PodSettings::flag)
                        .map(flag -> flag ? NativeSidecar.ON : NativeSidecar.OFF)
                        .orElse(config.nativeSidecar());
        if (wanted == NativeSidecar.ON && !server.mayHaveNativeSidecars()) {
            throw new Unfit(
                    "native sidecars are asked for, and Kubernetes %s has none; take %s away"
                                    .formatted(server, PodAnnotation.NATIVE_SIDECAR.annotation())
                            + " or set nativeSidecar: auto");
        }
        return switch (wanted) {
            case ON -> true;
            case OFF -> false;
            case AUTO -> server.hasNativeSidecars();
        };
    }

    private static Resources resources(Annotations from, Resources base) throws Unfit {
        Amount cpu =
                amount(
                        from,
                        PodAnnotation.CPU_REQUEST,
                        PodAnnotation.CPU_LIMIT,
                        new Amount(base.cpuRequest(), base.cpuLimit()));
        Amount memory =
                amount(
                        from,
                        PodAnnotation.MEMORY_REQUEST,
                        PodAnnotation.MEMORY_LIMIT,
                        new Amount(base.memoryRequest(), base.memoryLimit()));
        return new Resources(cpu.request, memory.request, cpu.limit, memory.limit);
    }

    private record Amount(String request, String limit) {
        boolean fits() {
            return request.isEmpty()
                    || limit.isEmpty()
                    || Quantity.value(request).compareTo(Quantity.value(limit)) <= 0;
        }
    }

    /** A limit below a request is an error of Kubernetes; where only one was chosen, it wins. */
    private static Amount amount(
            Annotations from, PodAnnotation request, PodAnnotation limit, Amount base)
            throws Unfit {
        Optional<String> asked = from.get(request, PodSettings::quantity);
        Optional<String> most = from.get(limit, PodSettings::quantity);
        Amount amount = new Amount(asked.orElse(base.request), most.orElse(base.limit));
        if (amount.fits()) {
            return amount;
        }
        if (asked.isPresent() && most.isPresent()) {
            throw new Unfit(
                    "%s asks for %s, and %s allows %s; raise the limit"
                            .formatted(
                                    from.name(request), asked.get(), from.name(limit), most.get()));
        }
        String chosen = asked.or(() -> most).orElse("");
        return new Amount(chosen, chosen);
    }

    private static Map<Integer, String> inboundPorts(Annotations from, PortNames names)
            throws Unfit {
        Map<Integer, String> ports =
                new TreeMap<>(
                        from.get(PodAnnotation.PROTOCOLS, PodSettings::protocols).orElse(Map.of()));
        PortSet opaque = from.get(PodAnnotation.OPAQUE_PORTS, names::parse).orElse(PortSet.NONE);
        int count =
                opaque.ranges().stream().mapToInt(range -> range.last() - range.first() + 1).sum();
        if (count > MOST_PORTS) {
            throw new Unfit(
                    "the annotation %s has %d ports; %d are allowed, so skip them instead"
                            .formatted(PodAnnotation.OPAQUE_PORTS.annotation(), count, MOST_PORTS));
        }
        for (PortRange range : opaque.ranges()) {
            for (int port = range.first(); port <= range.last(); port++) {
                String other = ports.putIfAbsent(port, "tcp");
                if (other != null && !other.equals("tcp") && !other.equals("tls")) {
                    throw new Unfit(
                            "port %d is %s in %s and opaque in %s; take it out of one"
                                    .formatted(
                                            port,
                                            other,
                                            from.name(PodAnnotation.PROTOCOLS),
                                            from.name(PodAnnotation.OPAQUE_PORTS)));
                }
            }
        }
        return ports;
    }

    private static Map<Integer, String> protocols(String text) {
        Map<Integer, String> protocols = new TreeMap<>();
        for (String entry : text.split(",", -1)) {
            String[] sides = entry.strip().split("=", -1);
            if (sides.length != 2 || !PROTOCOLS.contains(sides[1].strip())) {
                throw new IllegalArgumentException(
                        "write ports and what they speak, such as 8080=http2,9000=grpc; there are "
                                + words(PROTOCOLS));
            }
            PortSet port = PortSet.parse(sides[0].strip());
            if (port.ranges().size() != 1
                    || port.ranges().getFirst().first() != port.ranges().getFirst().last()) {
                throw new IllegalArgumentException("write one port before each =");
            }
            String before = protocols.put(port.ranges().getFirst().first(), sides[1].strip());
            if (before != null && !before.equals(sides[1].strip())) {
                throw new IllegalArgumentException(
                        "port " + sides[0].strip() + " stands there twice; keep one");
            }
        }
        return protocols;
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true", "enabled" -> true;
            case "false", "disabled" -> false;
            default -> throw new IllegalArgumentException("write true or false");
        };
    }

    private static String quantity(String text) {
        Quantity.value(text);
        return text;
    }

    static Duration duration(String text) {
        if (!text.matches("[0-9]{1,6}(ms|s|m|h)")) {
            throw new IllegalArgumentException("write a duration such as 25s");
        }
        String unit = text.replaceFirst("[0-9]+", "");
        long number = Long.parseLong(text.substring(0, text.length() - unit.length()));
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static String percentage(String text) {
        if (!text.matches("(100|[0-9]{1,2}(\\.[0-9]{1,6})?)%")) {
            throw new IllegalArgumentException("write a percentage such as 1% or 0.5%");
        }
        return text;
    }

    private static Function<String, String> oneOf(Set<String> words) {
        return text -> {
            if (!words.contains(text)) {
                throw new IllegalArgumentException("write " + words(words));
            }
            return text;
        };
    }

    private static String words(Set<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }

    private static List<String> overlay(String text) {
        return Overlay.keys(text);
    }
}
