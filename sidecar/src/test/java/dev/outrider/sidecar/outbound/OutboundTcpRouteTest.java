package dev.outrider.sidecar.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.forward.CallConfig;
import dev.outrider.sidecar.forward.OriginalDestinations;
import dev.outrider.sidecar.forward.PoolConfig;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.Self;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.Services;
import dev.outrider.sidecar.forward.TcpConfig;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.forward.UpstreamProtocol;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.listen.PortTable;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.route.UpgradeConfig;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.transport.AddressRange;
import dev.outrider.sidecar.transport.IpPort;
import dev.outrider.sidecar.transport.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class OutboundTcpRouteTest {
    private static final Service.Context CONTEXT =
            new Service.Context(
                    Transport.of(Transport.Kind.NIO),
                    () -> null,
                    ExpectedPeer.anyOf("cluster.local"),
                    new RefusalLog(LoggerFactory.getLogger("test"), Ticker.system()),
                    (_, _, _) -> {},
                    Self.NOWHERE,
                    Ticker.system());

    private static ServiceConfig service(String host, String endpoint, String... addresses) {
        return service(host, new EndpointsConfig(List.of(endpoint(endpoint)), null, 0), addresses);
    }

    private static ServiceConfig service(
            String host, EndpointsConfig endpoints, String... addresses) {
        return new ServiceConfig(
                List.of(host),
                endpoints,
                List.of(),
                null,
                true,
                CallConfig.once(
                        UpstreamProtocol.AUTO,
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        BulkheadConfig.DEFAULTS,
                        PoolConfig.DEFAULTS),
                null,
                null,
                null,
                Stream.of(addresses).map(AddressRange::parse).toList(),
                ProxyProtocol.V2);
    }

    private static Endpoint endpoint(String text) {
        IpPort it = IpPort.parse(text);
        return new Endpoint(it.address().getHostAddress(), it.port());
    }

    private static OutboundConfig config(
            Map<String, ServiceConfig> services, OutboundConfig.Unknown unknown) {
        return new OutboundConfig(
                IpPort.parse("127.0.0.1:15001"),
                true,
                PortTable.DEFAULTS,
                Duration.ofSeconds(1),
                services,
                100,
                IdentityTokenConfig.DEFAULTS,
                Map.of(),
                10,
                H1Limits.DEFAULTS,
                H2Limits.DEFAULTS,
                UpgradeConfig.DEFAULTS,
                unknown,
                TcpConfig.DEFAULTS,
                Duration.ZERO,
                null);
    }

    private static TcpRoute route(OutboundConfig.Unknown unknown) {
        Map<String, ServiceConfig> configs =
                Map.of(
                        "db", service("db.shop", "10.1.0.1:5432", "10.96.0.7"),
                        "log",
                                service(
                                        "log.shop",
                                        new EndpointsConfig(List.of(), "log.internal", 9092),
                                        "10.1.0.0/16"));
        Map<String, String> endpoints = Map.of("db", "10.1.0.1:5432", "log", "10.1.0.2:9092");
        OutboundConfig config = config(configs, unknown);
        Map<String, Service> services = new HashMap<>();
        configs.forEach((name, each) -> {
            Service made = Service.of(name, each, CONTEXT);
            String known = java.util.Objects.requireNonNull(endpoints.get(name));
            made.update(new EndpointSet(1, List.of(endpoint(known))));
            services.put(name, made);
        });
        services.put(
                Outbound.PASSTHROUGH,
                Service.toOriginalDestination(
                        Outbound.PASSTHROUGH,
                        Outbound.passthrough(config),
                        CONTEXT,
                        OriginalDestinations.out(_ -> false, Ticker.system())));
        return new OutboundTcpRoute(config, new Made(services), null);
    }

    /** Those with {@code fixed} endpoints are not made before they are asked for. */
    private record Made(Map<String, Service> byName) implements Services {
        @Override
        public @Nullable Service find(String name) {
            return byName.get(name);
        }

        @Override
        public Iterable<Service> made() {
            return byName.values().stream().filter(each -> !fixed(each))::iterator;
        }

        private static boolean fixed(Service service) {
            EndpointsConfig endpoints = service.config().endpoints();
            return endpoints != null && !endpoints.fixed().isEmpty();
        }
    }

    private static TcpRoute.Target find(
            OutboundConfig.Unknown unknown, @Nullable String destination, @Nullable String name) {
        return route(unknown)
                .find(
                        new TcpConnection(
                                Direction.OUTBOUND,
                                Peer.plain(new InetSocketAddress("10.1.9.9", 4711)),
                                destination == null
                                        ? null
                                        : IpPort.parse(destination).socketAddress(),
                                name));
    }

    @ParameterizedTest
    @CsvSource({
        "10.96.0.7:5432, , db, false",
        "10.96.0.7:1, log.shop, db, false",
        "10.1.0.1:5432, , db, true",
        "10.1.0.1:5433, , log, false",
        "10.1.0.2:9092, , log, true",
        "203.0.113.9:443, db.shop, db, false",
        ", DB.shop, db, false",
        "203.0.113.9:443, other.shop, passthrough, false",
        "203.0.113.9:443, , passthrough, false",
    })
    void findsTheService(
            @Nullable String destination, @Nullable String name, String service, boolean exact) {
        TcpRoute.Target found = find(OutboundConfig.Unknown.PASS, destination, name);
        assertThat(found)
                .isInstanceOfSatisfying(
                        TcpRoute.To.class,
                        to -> {
                            assertThat(to.service().name()).isEqualTo(service);
                            assertThat(to.member() != null).isEqualTo(exact);
                        });
    }

    @Test
    void refusesWhatIsUnknownUnlessItMayPass() {
        assertThat(find(OutboundConfig.Unknown.REFUSE, "203.0.113.9:443", "other.shop"))
                .isEqualTo(new TcpRoute.Nowhere(new Failure.NoRoute("other.shop")));
        assertThat(find(OutboundConfig.Unknown.REFUSE, "203.0.113.9:443", null))
                .isEqualTo(new TcpRoute.Nowhere(new Failure.NoRoute("203.0.113.9:443")));
        assertThat(find(OutboundConfig.Unknown.PASS, null, null))
                .isInstanceOf(TcpRoute.Nowhere.class);
    }

    @Test
    void refusesAnAddressThatTwoServicesClaim() {
        Map<String, ServiceConfig> services =
                Map.of(
                        "a", service("a", "10.1.0.1:1", "10.96.0.7"),
                        "b", service("b", "10.1.0.2:1", "10.96.0.7"));
        assertThatThrownBy(() -> config(services, OutboundConfig.Unknown.REFUSE))
                .hasMessageContaining("10.96.0.7");
    }
}
