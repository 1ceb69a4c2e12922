package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a service is: a fixed list, a name in DNS whose addresses all serve it, or a Service of a
 * Kubernetes cluster. One of the three is there.
 *
 * @param kubernetes the Service's name
 * @param port with {@code dns} and {@code kubernetes}, else {@link ServicePort#NONE}
 * @param meshedOnly whether only those with a sidecar are meant
 */
public record EndpointsConfig(
        List<Endpoint> fixed,
        @Nullable String dns,
        @Nullable String kubernetes,
        ServicePort port,
        boolean meshedOnly) {
    private static final String WEIGHT = " weight=";

    /** The cluster's is not known where a configuration is read. */
    private static final String NO_DOMAIN = "-";

    /** {@code host:port}, or {@code host:port weight=3}. */
    static final Schema<Endpoint> ENDPOINT =
            Schemas.scalar(
                    "host:port",
                    Map.of("type", "string"),
                    new Endpoint("10.0.0.7", 8080),
                    EndpointsConfig::endpoint);

    public static final Schema<EndpointsConfig> SCHEMA =
            Schema.record(
                    "EndpointsConfig",
                    "Where a service is: a fixed list, a name in DNS whose addresses all serve it, or"
                            + " a Service of a Kubernetes cluster.",
                    f ->
                            new EndpointsConfig(
                                    f.optional(
                                            "static",
                                            Schemas.list(ENDPOINT),
                                            List.of(),
                                            "host:port of each, with ' weight=3' behind it where"
                                                    + " one shall get more; a name stands for"
                                                    + " all its addresses and is looked up again"
                                                    + " and again, as with dns"),
                                    f.nullable("dns", Schemas.text(), "the name to look up"),
                                    f.nullable(
                                            "kubernetes",
                                            Schemas.text(),
                                            "svc, svc.ns or svc.ns.svc whose EndpointSlices are"
                                                    + " followed, or pod.svc.ns.svc for one pod"
                                                    + " of a StatefulSet; see discovery.md"),
                                    f.optional(
                                            "port",
                                            ServicePort.SCHEMA,
                                            ServicePort.NONE,
                                            "with dns: the port of all of them; with kubernetes:"
                                                    + " the Service's port, by its number or its"
                                                    + " name"),
                                    false));

    public EndpointsConfig {
        fixed = List.copyOf(fixed);
        boolean named = dns != null || kubernetes != null;
        boolean one = dns == null || kubernetes == null;
        if (!one || named == port.isNone() || named != fixed.isEmpty()) {
            throw new IllegalArgumentException(
                    "endpoints need either static: [host:port, …], dns: with port: or kubernetes:"
                            + " with port:");
        }
        if (dns != null && (dns.isBlank() || dns.length() > 253 || port.number() == 0)) {
            throw new IllegalArgumentException(
                    "dns must be a name of 1 to 253 characters, and its port a number");
        }
        if (kubernetes != null && ClusterName.parse(kubernetes, "default", NO_DOMAIN) == null) {
            throw new IllegalArgumentException(
                    "kubernetes must be a Service as svc, svc.ns, svc.ns.svc or pod.svc.ns.svc");
        }
    }

    /** A fixed list, or a name in DNS. */
    public EndpointsConfig(List<Endpoint> fixed, @Nullable String dns, int port) {
        this(fixed, dns, null, ServicePort.of(port), false);
    }

    /** The endpoints of a Service that have a sidecar. */
    public static EndpointsConfig meshed(ClusterName name, ServicePort port) {
        return new EndpointsConfig(List.of(), null, name.toString(), port, true);
    }

    /** The source for it; an IP literal never goes to DNS. */
    public EndpointSource source(
            DnsConfig config, DnsTransport transport, RandomGenerator random, Cluster cluster) {
        if (kubernetes != null) {
            ClusterName name = Objects.requireNonNull(cluster.name(kubernetes));
            return new KubernetesSource(name, port, meshedOnly, cluster, config, transport, random);
        }
        List<Endpoint> places = dns == null ? fixed : List.of(new Endpoint(dns, port.number()));
        if (places.stream().allMatch(each -> literal(each.host()))) {
            return new StaticSource(places);
        }
        Function<Endpoint, DnsSource> named =
                place -> new DnsSource(place.host(), place.port(), config, transport, random);
        return places.size() == 1 && places.getFirst().weight() == 1
                ? named.apply(places.getFirst())
                : new MixedSource(places, named, transport.loop());
    }

    /** Those that are known without looking them up. */
    public Stream<InetSocketAddress> addresses() {
        return fixed.stream()
                .filter(each -> literal(each.host()))
                .map(each ->
                        new InetSocketAddress(InetAddress.ofLiteral(each.host()), each.port()));
    }

    static boolean literal(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private static Endpoint endpoint(String text) {
        int at = text.indexOf(WEIGHT);
        if (at < 0) {
            return Endpoint.parse(text, 1);
        }
        try {
            int weight = Integer.parseInt(text.substring(at + WEIGHT.length()).strip());
            return Endpoint.parse(text.substring(0, at).strip(), weight);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the weight must be a number, as in 10.0.0.7:8080 weight=3", e);
        }
    }
}
