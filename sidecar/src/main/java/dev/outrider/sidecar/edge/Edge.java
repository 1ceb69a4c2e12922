package dev.outrider.sidecar.edge;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.edge.ClientAddressFilter;
import dev.outrider.sidecar.auth.edge.ClientCertificateFilter;
import dev.outrider.sidecar.auth.edge.ForgedFields;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.limit.ConcurrencyFilter;
import dev.outrider.sidecar.limit.Limits;
import dev.outrider.sidecar.limit.NetworkConfig;
import dev.outrider.sidecar.limit.NetworkFilter;
import dev.outrider.sidecar.listen.AppProtocol;
import dev.outrider.sidecar.listen.Capture;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.PortTable;
import dev.outrider.sidecar.observe.TracingFilter;
import dev.outrider.sidecar.route.DeadlineFilter;
import dev.outrider.sidecar.route.HttpsConfig;
import dev.outrider.sidecar.route.HttpsConfig.HstsConfig;
import dev.outrider.sidecar.route.HttpsFilter;
import dev.outrider.sidecar.route.RouteFilter;
import dev.outrider.sidecar.route.UpgradeFilter;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.ClientCertificates;
import dev.outrider.sidecar.transport.IpPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a request from outside, in this order. */
public final class Edge {
    private Edge() {}

    /**
     * @param concurrency counts what is under way, so it outlives configurations
     * @param self the edge's identity in the mesh, null without one
     * @param routes the last of the common list: it leads each request to its route's own
     */
    public static FilterChain chain(
            EdgeConfig config,
            @Nullable SpiffeId self,
            TracingFilter tracing,
            @Nullable ConcurrencyFilter concurrency,
            Limits limits,
            RouteFilter routes,
            ExchangeObserver observer,
            Ticker ticker) {
        List<RequestFilter> filters = new ArrayList<>();
        filters.add(tracing); // first: even refusals get a span and a request id
        ClientsConfig clients = config.clients();
        filters.add(new ClientAddressFilter(clients.address())); // below it all know who it is
        HttpsFilter https = https(config);
        if (https != null) {
            filters.add(https); // a trusted balancer may have ended TLS, which is known only now
        }
        if (!clients.networks().equals(NetworkConfig.ALL)) {
            filters.add(new NetworkFilter(clients.networks()));
        }
        if (concurrency != null) {
            filters.add(concurrency);
        }
        RequestFilter early = limits.filter(config.everyRequest());
        if (early != null) {
            filters.add(early); // before what costs more than a look-up
        }
        filters.add(new ForgedFields(config.auth())); // above the routes, which may look at fields
        if (config.auth().forwardCertificate() && asksForCertificates(config)) {
            filters.add(new ClientCertificateFilter(self)); // in the place of a forged one
        }
        filters.add(new DeadlineFilter()); // what a gRPC client has left; the mesh's own is forged
        filters.add(new UpgradeFilter(config.upgrades()));
        filters.add(routes);
        return new FilterChain(filters, Edge::nowhere, observer, ticker);
    }

    private static boolean asksForCertificates(EdgeConfig config) {
        SecurePort https = config.https();
        return https != null && https.tls().clients() != ClientCertificates.NONE;
    }

    private static @Nullable HttpsFilter https(EdgeConfig config) {
        PlainPort http = config.http();
        boolean redirect = http != null && http.redirect();
        HstsConfig hsts = config.https() == null ? null : config.https().hsts();
        int port = http == null ? 443 : http.httpsPort();
        return redirect || hsts != null
                ? new HttpsFilter(new HttpsConfig(redirect, port, hsts))
                : null;
    }

    /** The route filter always gives a verdict that ends the common list. */
    private static void nowhere(Exchange exchange, Upstream.Reply reply) {
        reply.fail(new Failure.Bug("a request of the edge went on without a route"));
    }

    /** The port for TLS; null if there is none. */
    public static @Nullable ListenerConfig secureListener(EdgeConfig config) {
        SecurePort https = config.https();
        return https == null ? null : listener("edge", https.listen(), config);
    }

    /** The port for plain text; null if there is none. */
    public static @Nullable ListenerConfig plainListener(EdgeConfig config) {
        PlainPort http = config.http();
        return http == null ? null : listener("edge-plain", http.listen(), config);
    }

    private static ListenerConfig listener(String name, IpPort address, EdgeConfig config) {
        return new ListenerConfig(
                name,
                Direction.EDGE,
                address,
                config.connections(),
                config.http1(),
                config.http2(),
                Capture.NONE,
                PortTable.DEFAULTS,
                AppProtocol.HTTP,
                Duration.ofSeconds(1),
                config.clients().proxyProtocolFrom(),
                config.clients().connections());
    }
}
