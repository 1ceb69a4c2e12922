package dev.outrider.injector.capture;

import java.util.function.Function;
import picocli.CommandLine.Option;

/** The options of what is captured, as they are typed. */
final class PlanOptions {
    @Option(
            names = "--outbound-port",
            defaultValue = "${env:OUTRIDER_OUTBOUND_PORT:-15001}",
            description = "Where the app's connections go (default: ${DEFAULT-VALUE}).")
    private String outboundPort = "15001";

    @Option(
            names = "--inbound-port",
            defaultValue = "${env:OUTRIDER_INBOUND_PORT:-15006}",
            description = "Where connections from outside go (default: ${DEFAULT-VALUE}).")
    private String inboundPort = "15006";

    @Option(
            names = "--proxy-uid",
            defaultValue = "${env:OUTRIDER_PROXY_UID:-1337}",
            description = "Whose connections are left alone: user ids (default: ${DEFAULT-VALUE}).")
    private String proxyUid = "1337";

    @Option(
            names = "--proxy-gid",
            defaultValue = "${env:OUTRIDER_PROXY_GID:-}",
            description = "And group ids; the primary group of the process counts.")
    private String proxyGid = "";

    @Option(
            names = "--include-inbound-ports",
            defaultValue = "${env:OUTRIDER_INCLUDE_INBOUND_PORTS:-}",
            description = "Only these, such as 80,8000-8100; without it, all.")
    private String includeInboundPorts = "";

    @Option(
            names = "--exclude-inbound-ports",
            defaultValue = "${env:OUTRIDER_EXCLUDE_INBOUND_PORTS:-}",
            description = "Not these; 15000, 15020, 15021 and 15090 never are.")
    private String excludeInboundPorts = "";

    @Option(
            names = "--include-outbound-ports",
            defaultValue = "${env:OUTRIDER_INCLUDE_OUTBOUND_PORTS:-}",
            description = "Only connections to these ports; without it, all.")
    private String includeOutboundPorts = "";

    @Option(
            names = "--exclude-outbound-ports",
            defaultValue = "${env:OUTRIDER_EXCLUDE_OUTBOUND_PORTS:-}",
            description = "No connections to these ports.")
    private String excludeOutboundPorts = "";

    @Option(
            names = "--include-outbound-ranges",
            defaultValue = "${env:OUTRIDER_INCLUDE_OUTBOUND_RANGES:-}",
            description = "Only connections to these addresses, such as 10.0.0.0/8,fd00::/8.")
    private String includeOutboundRanges = "";

    @Option(
            names = "--exclude-outbound-ranges",
            defaultValue = "${env:OUTRIDER_EXCLUDE_OUTBOUND_RANGES:-}",
            description = "No connections to these addresses.")
    private String excludeOutboundRanges = "";

    @Option(
            names = "--exclude-interfaces",
            defaultValue = "${env:OUTRIDER_EXCLUDE_INTERFACES:-}",
            description = "Nothing that comes or goes by these interfaces.")
    private String excludeInterfaces = "";

    CapturePlan plan() {
        return new CapturePlan(
                parse("--outbound-port", outboundPort, PlanOptions::port),
                parse("--inbound-port", inboundPort, PlanOptions::port),
                new Owners(
                        parse("--proxy-uid", proxyUid, Owners::parse),
                        parse("--proxy-gid", proxyGid, Owners::parse)),
                new PortChoice(
                        parse("--include-inbound-ports", includeInboundPorts, PortSet::parse),
                        parse("--exclude-inbound-ports", excludeInboundPorts, PortSet::parse)),
                new PortChoice(
                        parse("--include-outbound-ports", includeOutboundPorts, PortSet::parse),
                        parse("--exclude-outbound-ports", excludeOutboundPorts, PortSet::parse)),
                parse("--include-outbound-ranges", includeOutboundRanges, CidrSet::parse),
                parse("--exclude-outbound-ranges", excludeOutboundRanges, CidrSet::parse),
                Lists.split(excludeInterfaces).toList());
    }

    private static int port(String text) {
        PortRange range = PortRange.parse(text);
        if (range.first() != range.last()) {
            throw new IllegalArgumentException("'" + text + "' is a range; name one port");
        }
        return range.first();
    }

    /** The option's name before what is wrong with its value. */
    private static <T> T parse(String option, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }
}
