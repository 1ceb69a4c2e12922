package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Captured connections that go where they were going, and never back into the proxy. */
class OriginalDestinationIT {
    private static final Predicate<InetSocketAddress> NOT_OWN = _ -> false;

    private static Service service(OriginalDestinations original) {
        return Service.toOriginalDestination(
                "upstream",
                ServiceConfig.toOriginalDestination(
                        "upstream",
                        CallConfig.once(
                                UpstreamProtocol.AUTO,
                                Duration.ofSeconds(20),
                                Duration.ofMinutes(1),
                                BulkheadConfig.DEFAULTS,
                                PoolConfig.DEFAULTS)),
                TcpRig.context(null, Ticker.system()),
                original);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Test
    void rawBytesReachTheAppFromTheAddressThatIsNotCaptured() throws Exception {
        CompletableFuture<String> from = new CompletableFuture<>();
        try (RawUpstream app =
                        new RawUpstream((connection, _) -> {
                            from.complete(connection.peer().getHostAddress());
                            connection.write("hi");
                        });
                TcpRig rig =
                        new TcpRig.Builder(
                                        service(
                                                OriginalDestinations.toApp(
                                                        NOT_OWN, Ticker.system())))
                                .goingTo(loopback(app.port()))
                                .start();
                RawClient client = new RawClient(rig.port())) {
            client.socket().shutdownOutput();
            assertThat(new String(client.in().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("hi");
            assertThat(from.get(20, TimeUnit.SECONDS)).isEqualTo("127.0.0.6");
            assertThat(rig.flow().failure()).isNull();
        }
    }

    @Test
    void neverConnectsToTheProxyItself() throws Exception {
        OriginalDestinations original = OriginalDestinations.out(_ -> true, Ticker.system());
        try (TcpRig rig = new TcpRig.Builder(service(original)).goingTo(loopback(15_006)).start();
                RawClient client = new RawClient(rig.port())) {
            assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
            Failure failure = java.util.Objects.requireNonNull(rig.flow().failure());
            assertThat(failure).isInstanceOf(Failure.NoEndpoint.class);
            assertThat(failure.detail()).contains("this proxy itself");
        }
    }

    @Test
    void requestsGoWhereTheirConnectionWasGoing() throws Exception {
        try (RawUpstream app = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = rig(loopback(app.port()));
                RawClient client = new RawClient(rig.port())) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: anybody\r\n\r\n");
                assertThat(client.answer().body()).isEqualTo("ok");
            }
            assertThat(app.connections).hasValue(1);
        }
    }

    @Test
    void aRequestThatWasNotCapturedHasNowhereToGo() throws Exception {
        try (ProxyRig rig = rig(null);
                RawClient client = new RawClient(rig.port())) {
            client.send("GET / HTTP/1.1\r\nHost: anybody\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(503);
            Failure failure = java.util.Objects.requireNonNull(rig.exchange().failure());
            assertThat(failure.detail()).contains("not captured");
        }
    }

    private static ProxyRig rig(@Nullable InetSocketAddress destination) throws IOException {
        return new ProxyRig(
                service(OriginalDestinations.out(NOT_OWN, Ticker.system())),
                H1Limits.DEFAULTS,
                destination);
    }

    @Test
    void poolsOfForgottenDestinationsClose() throws Exception {
        Service service = service(OriginalDestinations.atMost(1, NOT_OWN, Ticker.system()));
        try (RawUpstream one = RawUpstream.answering(RawUpstream.OK);
                RawUpstream two = RawUpstream.answering(RawUpstream.OK)) {
            try (ProxyRig rig = new ProxyRig(service, H1Limits.DEFAULTS, null);
                    RawClient client = new RawClient(rig.port())) {
                rig.destination(loopback(one.port()));
                client.send("GET / HTTP/1.1\r\nHost: anybody\r\n\r\n");
                assertThat(client.answer().body()).isEqualTo("ok");
                rig.destination(loopback(two.port()));
                client.send("GET / HTTP/1.1\r\nHost: anybody\r\n\r\n");
                assertThat(client.answer().body()).isEqualTo("ok");
                org.awaitility.Awaitility.await().until(() -> one.open.get() == 0);
                assertThat(two.open).hasValue(1);
            }
        }
    }
}
