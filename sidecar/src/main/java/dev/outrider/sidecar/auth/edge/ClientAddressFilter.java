package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.edge.ClientAddressConfig.Source;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.transport.AddressRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client's real address and says it to the service behind. Each trusted proxy adds whom
 * it got the request from at the end, so the elements are read from there and no further than trust
 * reaches; whatever stands before is the client's own invention and goes no further. Where an
 * element that counts cannot be read, or is not there, the peer counts as the client.
 *
 * <p>All forms of these fields are taken out and written anew. Above the routes.
 */
public final class ClientAddressFilter implements RequestFilter {
    private static final String FOR = "x-forwarded-for";
    private static final String PROTO = "x-forwarded-proto";
    private static final String HOST = "x-forwarded-host";
    private static final String PORT = "x-forwarded-port";
    private static final String FORWARDED = "forwarded";

    /** Relatives that some servers read instead. */
    private static final String[] REMOVED = {
        FOR,
        PROTO,
        HOST,
        PORT,
        FORWARDED,
        "x-forwarded",
        "x-forwarded-by",
        "x-forwarded-scheme",
        "x-forwarded-protocol",
        "x-forwarded-server",
        "x-forwarded-ssl",
        "x-url-scheme",
        "front-end-https"
    };

    /** A longer way through trusted proxies is none. */
    private static final int MOST_ELEMENTS = 32;

    private final ClientAddressConfig config;
    private final AddressRange[] trusted;
    private final LongAdder unreadable = new LongAdder();

    public ClientAddressFilter(ClientAddressConfig config) {
        this.config = config;
        this.trusted = config.trustedProxies().toArray(new AddressRange[0]);
    }

    /** Those who handed the request on, the client first and the peer last, and what they say. */
    private record Way(List<InetAddress> hops, @Nullable String proto, @Nullable String host) {
        InetAddress client() {
            return hops.getFirst();
        }
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.request().headers();
        InetAddress peer = exchange.peer().address().getAddress();
        boolean trusts = config.trustedHops() > 0 || isTrusted(peer);
        Way way = trusts ? way(headers, peer) : null;
        if (trusts && way == null) {
            unreadable.increment();
        }
        boolean fields = trusts && config.source() == Source.X_FORWARDED_FOR;
        String port = fields ? lone(headers, PORT) : null;
        for (String name : REMOVED) {
            headers.removeSpellings(name);
        }
        if (way == null) {
            way = new Way(List.of(peer), null, null);
        }
        exchange.edge().client(way.client());
        write(exchange, way, port);
        return Verdict.CONTINUE;
    }

    private boolean isTrusted(InetAddress address) {
        for (AddressRange each : trusted) {
            if (each.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** Null if what counts cannot be read. */
    private @Nullable Way way(Headers headers, InetAddress peer) {
        boolean pairs = config.source() == Source.FORWARDED;
        Elements elements = new Elements(headers.fields(pairs ? FORWARDED : FOR));
        List<InetAddress> hops = new ArrayList<>(4);
        hops.add(peer);
        Hop last = null;
        for (int i = 1; i <= MOST_ELEMENTS; i++) {
            boolean enough =
                    config.trustedHops() > 0
                            ? i > config.trustedHops()
                            : !isTrusted(hops.getFirst());
            if (enough) {
                return way(headers, hops, pairs ? last : null);
            }
            String element = elements.previous();
            if (element == null) {
                // Counted hops are all there or the count is wrong; networks may end anywhere.
                return config.trustedHops() > 0 ? null : way(headers, hops, pairs ? last : null);
            }
            last = pairs ? Hop.ofPairs(element) : Hop.ofAddress(element);
            InetAddress address = last.address();
            if (address == null) {
                return null;
            }
            hops.addFirst(address);
        }
        return null;
    }

    /** With what the proxies say of the client's own request, if it can be that. */
    private static Way way(Headers headers, List<InetAddress> hops, @Nullable Hop said) {
        String proto = said == null ? lone(headers, PROTO) : said.proto();
        // Many balancers hand a client's own X-Forwarded-Host on, so that is never believed.
        String host = said == null ? null : said.host();
        return new Way(
                hops,
                "http".equals(proto) || "https".equals(proto) ? proto : null,
                host != null && Authority.isValid(host) ? host : null);
    }

    /** Of two fields one may be the client's. */
    private static @Nullable String lone(Headers headers, String name) {
        return headers.countSpellings(name) == 1 ? headers.get(name) : null;
    }

    private void write(Exchange exchange, Way way, @Nullable String saidPort) {
        Headers headers = exchange.request().headers();
        String proto = way.proto != null ? way.proto : exchange.peer().tls() ? "https" : "http";
        exchange.edge().https(proto.equals("https"));
        String host = way.host != null ? way.host : exchange.request().authority();
        if (config.sendXForwarded()) {
            headers.add("X-Forwarded-For", list(way.hops));
            headers.add("X-Forwarded-Proto", proto);
            headers.add("X-Forwarded-Host", host);
            headers.add("X-Forwarded-Port", port(saidPort, host, proto));
        }
        if (config.sendForwarded()) {
            headers.add("Forwarded", forwarded(way.hops, proto, host));
        }
    }

    private static String list(List<InetAddress> hops) {
        if (hops.size() == 1) {
            return text(hops.getFirst());
        }
        StringBuilder text = new StringBuilder(hops.size() * 16);
        for (InetAddress hop : hops) {
            text.append(text.isEmpty() ? "" : ", ").append(text(hop));
        }
        return text.toString();
    }

    /** Without the scope of a link-local one, which means nothing elsewhere. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    /** The way as RFC 7239 has it; the first element is the client's own request. */
    private static String forwarded(List<InetAddress> hops, String proto, String host) {
        StringBuilder text = new StringBuilder(64);
        for (InetAddress hop : hops) {
            boolean first = text.isEmpty();
            String address = text(hop);
            boolean six = address.indexOf(':') >= 0;
            text.append(first ? "" : ", ").append("for=");
            text.append(six ? "\"[" + address + "]\"" : address);
            if (first) {
                text.append(";proto=").append(proto).append(";host=\"").append(host).append('"');
            }
        }
        return text.toString();
    }

    private static String port(@Nullable String said, String host, String proto) {
        if (said != null && said.matches("[0-9]{1,5}")) {
            return said;
        }
        int colon = host.lastIndexOf(':');
        boolean has = colon > host.lastIndexOf(']') && colon + 1 < host.length();
        return has ? host.substring(colon + 1) : proto.equals("https") ? "443" : "80";
    }

    /** Requests whose trusted proxies wrote nothing that could be read, for metrics. */
    public long unreadable() {
        return unreadable.sum();
    }
}
