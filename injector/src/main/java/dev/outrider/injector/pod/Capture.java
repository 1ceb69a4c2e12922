package dev.outrider.injector.pod;

import dev.outrider.injector.capture.CidrSet;
import dev.outrider.injector.capture.PortRange;
import dev.outrider.injector.capture.PortSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What of a pod's connections the proxy gets, and so what {@code outrider init} is told. */
record Capture(Ports inbound, Ports outbound, Ranges ranges, List<String> skipInterfaces) {

    /** Ports included (none for all of them) and excluded. */
    record Ports(PortSet include, PortSet exclude) {}

    /** Addresses likewise. */
    record Ranges(CidrSet include, CidrSet exclude) {}

    private static final String ALL = "all";
    private static final String NONE = "none";
    private static final PortSet EVERY_PORT = PortSet.parse("1-65535");
    private static final CidrSet EVERYWHERE = CidrSet.parse("0.0.0.0/0,::/0");

    static Capture of(Annotations annotations, PortNames names) throws Unfit {
        return new Capture(
                ports(
                        annotations,
                        PodAnnotation.INCLUDE_INBOUND_PORTS,
                        PodAnnotation.SKIP_INBOUND_PORTS,
                        names::parse),
                ports(
                        annotations,
                        PodAnnotation.INCLUDE_OUTBOUND_PORTS,
                        PodAnnotation.SKIP_OUTBOUND_PORTS,
                        PortSet::parse),
                ranges(annotations),
                annotations
                        .get(PodAnnotation.SKIP_INTERFACES, Capture::interfaces)
                        .orElse(List.of()));
    }

    private static Ports ports(
            Annotations annotations,
            PodAnnotation included,
            PodAnnotation excluded,
            Function<String, PortSet> parser)
            throws Unfit {
        PortSet exclude = annotations.get(excluded, parser).orElse(PortSet.NONE);
        Optional<PortSet> include = annotations.get(included, text -> choice(text, parser));
        if (include.isEmpty()) {
            return new Ports(PortSet.NONE, exclude);
        }
        if (include.get().isEmpty()) {
            return new Ports(PortSet.NONE, EVERY_PORT);
        }
        if (include.get().equals(EVERY_PORT)) {
            return new Ports(PortSet.NONE, exclude);
        }
        for (PortRange range : include.get().ranges()) {
            for (PortRange other : exclude.ranges()) {
                if (range.first() <= other.last() && other.first() <= range.last()) {
                    throw new Unfit(
                            "%s and %s both have port %d; take it out of one"
                                    .formatted(
                                            annotations.name(included),
                                            annotations.name(excluded),
                                            Math.max(range.first(), other.first())));
                }
            }
        }
        return new Ports(include.get(), exclude);
    }

    /** All ports for {@code all}, and no port for {@code none}. */
    private static PortSet choice(String text, Function<String, PortSet> parser) {
        return switch (text) {
            case ALL -> EVERY_PORT;
            case NONE -> PortSet.NONE;
            default -> given(parser.apply(text));
        };
    }

    private static PortSet given(PortSet ports) {
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("write ports, all or none");
        }
        return ports;
    }

    private static Ranges ranges(Annotations annotations) throws Unfit {
        CidrSet exclude =
                annotations
                        .get(PodAnnotation.SKIP_SUBNETS, CidrSet::parse)
                        .orElse(new CidrSet(List.of()));
        Optional<String> include =
                annotations.get(
                        PodAnnotation.INCLUDE_SUBNETS,
                        text -> {
                            if (!text.equals(ALL) && !text.equals(NONE)) {
                                if (CidrSet.parse(text).isEmpty()) {
                                    throw new IllegalArgumentException(
                                            "write ranges of addresses, all or none");
                                }
                            }
                            return text;
                        });
        return switch (include.orElse(ALL)) {
            case ALL -> new Ranges(new CidrSet(List.of()), exclude);
            case NONE -> new Ranges(new CidrSet(List.of()), EVERYWHERE);
            default -> new Ranges(CidrSet.parse(include.orElse("")), exclude);
        };
    }

    private static List<String> interfaces(String text) {
        List<String> names =
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .toList();
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}")) {
                throw new IllegalArgumentException(
                        "'" + name + "' is no network interface; write names such as eth1");
            }
        }
        return names;
    }

    boolean capturesInbound(int port) {
        return !inbound.exclude.contains(port)
                && (inbound.include.isEmpty() || inbound.include.contains(port));
    }

    /** The options of {@code outrider init}; what is as by default is left out. */
    List<String> options(InjectionConfig config) {
        List<String> options = new ArrayList<>();
        options.add("--outbound-port=" + config.ports().outbound());
        options.add("--inbound-port=" + config.ports().inbound());
        options.add("--proxy-uid=" + config.user());
        add(options, "--include-inbound-ports", text(inbound.include));
        add(options, "--exclude-inbound-ports", text(withPodPort(config.ports().pod())));
        add(options, "--include-outbound-ports", text(outbound.include));
        add(options, "--exclude-outbound-ports", text(outbound.exclude));
        add(options, "--include-outbound-ranges", text(ranges.include));
        add(options, "--exclude-outbound-ranges", text(ranges.exclude));
        add(options, "--exclude-interfaces", String.join(",", skipInterfaces));
        return options;
    }

    /** init leaves the usual pod port alone by itself. */
    private PortSet withPodPort(int port) {
        if (port == InjectionConfig.DEFAULTS.ports().pod()) {
            return inbound.exclude;
        }
        List<PortRange> more = new ArrayList<>(inbound.exclude.ranges());
        more.add(new PortRange(port, port));
        return new PortSet(more);
    }

    private static void add(List<String> options, String option, String value) {
        if (!value.isEmpty()) {
            options.add(option + "=" + value);
        }
    }

    private static String text(PortSet ports) {
        return ports.ranges().stream()
                .map(range ->
                        range.first() == range.last()
                                ? Integer.toString(range.first())
                                : range.first() + "-" + range.last())
                .collect(Collectors.joining(","));
    }

    private static String text(CidrSet ranges) {
        return ranges.ranges().stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
