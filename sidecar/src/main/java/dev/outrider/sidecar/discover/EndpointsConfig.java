package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a service is: a fixed list, or a name in DNS whose addresses all serve it.
 *
 * @param fixed empty with {@code dns}
 * @param dns null with {@code fixed}
 * @param port with {@code dns}, else 0
 */
public record EndpointsConfig(List<Endpoint> fixed, @Nullable String dns, int port) {
    private static final String WEIGHT = " weight=";

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
                    "Where a service is: a fixed list, or a name in DNS whose addresses all serve"
                            + " it.",
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
                                    f.optional(
                                            "port",
                                            Schemas.integer(0, 65_535),
                                            0,
                                            "with dns: the port of all of them")));

    public EndpointsConfig {
        fixed = List.copyOf(fixed);
        if (dns == null ? fixed.isEmpty() || port != 0 : !fixed.isEmpty() || port == 0) {
            throw new IllegalArgumentException(
                    "endpoints need either static: [host:port, …] or dns: with port:");
        }
        if (dns != null && (dns.isBlank() || dns.length() > 253)) {
            throw new IllegalArgumentException("dns must be a name of 1 to 253 characters");
        }
    }

    /** The source for it; an IP literal never goes to DNS. */
    public EndpointSource source(DnsConfig config, DnsTransport transport, RandomGenerator random) {
        List<Endpoint> places = dns == null ? fixed : List.of(new Endpoint(dns, port));
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
