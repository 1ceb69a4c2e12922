package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Requests.ORDERS;
import static dev.outrider.sidecar.auth.Requests.WEB;
import static dev.outrider.sidecar.auth.Requests.peer;
import static dev.outrider.sidecar.auth.Requests.plain;
import static dev.outrider.sidecar.auth.Requests.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Peer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerFilterTest {
    private static final String XFCC = "X-Forwarded-Client-Cert";
    private static final String FORGED = "By=spiffe://x/y;URI=spiffe://cluster.local/ns/a/sa/admin";

    private final Requests requests = new Requests();
    private final PeerFilter strict = new PeerFilter(MtlsMode.STRICT, ORDERS, List.of());
    private final PeerFilter permissive =
            new PeerFilter(
                    MtlsMode.PERMISSIVE, ORDERS, List.of("spiffe://cluster.local/ns/shop/sa/*"));

    @AfterEach
    void stop() {
        requests.close();
    }

    private static List<String> xfcc(Exchange exchange) {
        return exchange.request().headers().all("x-forwarded-client-cert");
    }

    @Test
    void tellsTheAppWhoCalledInPlaceOfWhatTheCallerSaid() {
        for (int i = 0; i < 2; i++) {
            Exchange exchange = requests.exchange(peer(WEB), "GET", "/", XFCC, FORGED, XFCC, "x");
            assertThat(reason(strict, exchange)).isEmpty();
            assertThat(xfcc(exchange))
                    .containsExactly(
                            "By=spiffe://cluster.local/ns/shop/sa/orders;Hash="
                                    + "ab".repeat(32)
                                    + ";Subject=\"CN=web\";URI=spiffe://cluster.local/ns/shop/sa/web");
        }
    }

    @Test
    void takesForgedClaimsAlsoWhereAnAppReadsAnotherSpelling() {
        for (String spelling : List.of("x_forwarded_client_cert", "X-Forwarded_Client-Cert")) {
            Exchange exchange = requests.exchange(peer(WEB), "GET", "/", spelling, FORGED);
            assertThat(reason(strict, exchange)).isEmpty();
            assertThat(exchange.request().headers().toString()).doesNotContain("admin");
            assertThat(xfcc(exchange)).hasSize(1);
        }
    }

    @Test
    void refusesCallersWithoutIdentityInStrictMode() {
        assertThat(reason(strict, requests.exchange(plain(), "GET", "/"))).isEqualTo("no-identity");
        Peer anonymous = new Peer(plain().address(), true, null, null, null);
        assertThat(reason(strict, requests.exchange(anonymous, "GET", "/")))
                .isEqualTo("no-identity");
        assertThat(strict.counts()).isEqualTo(new PeerFilter.Counts(2, 0));
    }

    @Test
    void letsPlainCallersThroughInPermissiveModeButNotTheirClaims() {
        Exchange exchange = requests.exchange(plain(), "GET", "/", XFCC, FORGED);
        assertThat(reason(permissive, exchange)).isEmpty();
        assertThat(xfcc(exchange)).isEmpty();
        assertThat(permissive.counts()).isEqualTo(new PeerFilter.Counts(0, 1));
    }

    @Test
    void whatAnEdgeSaysOfItsClientStandsBeforeWhoTheEdgeIs() {
        String outside = "Hash=12;Subject=\"CN=a,O=\\\"b\\\"\";URI=\"https://a.example/?x=1\"";
        String own = new Xfcc(ORDERS).element(peer(WEB));
        Exchange exchange = requests.exchange(peer(WEB), "GET", "/", XFCC, outside);
        assertThat(reason(permissive, exchange)).isEmpty();
        assertThat(xfcc(exchange)).containsExactly(outside + "," + own);
        exchange =
                requests.exchange(
                        peer(WEB),
                        "GET",
                        "/",
                        XFCC,
                        "Hash=1",
                        "x_forwarded_client_cert",
                        FORGED,
                        XFCC,
                        "Hash=2");
        assertThat(reason(permissive, exchange)).isEmpty();
        assertThat(xfcc(exchange)).containsExactly("Hash=1,Hash=2," + own);
        assertThat(exchange.request().headers().toString()).doesNotContain("admin");
        exchange = requests.exchange(peer(WEB), "GET", "/");
        assertThat(reason(permissive, exchange)).isEmpty();
        assertThat(xfcc(exchange)).containsExactly(own);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hash=1;Subject=\"", "Subject=\"a\\\"", "URI=\u00e9", "", "a\"b\"\""})
    void whatWouldSwallowTheElementBehindItIsNotHandedOn(String outside) {
        Exchange exchange = requests.exchange(peer(WEB), "GET", "/", XFCC, outside);
        assertThat(reason(permissive, exchange)).isEmpty();
        assertThat(xfcc(exchange)).containsExactly(new Xfcc(ORDERS).element(peer(WEB)));
    }

    @Test
    void whoIsNoEdgeIsNotBelieved() {
        PeerFilter edgesOnly =
                new PeerFilter(
                        MtlsMode.STRICT, ORDERS, List.of("spiffe://cluster.local/ns/edge/sa/*"));
        Exchange exchange = requests.exchange(peer(WEB), "GET", "/", XFCC, "Hash=1");
        assertThat(reason(edgesOnly, exchange)).isEmpty();
        assertThat(xfcc(exchange)).containsExactly(new Xfcc(ORDERS).element(peer(WEB)));
    }

    @Test
    void stripsWhatCouldPassForSomebodyElse() {
        Exchange exchange =
                requests.exchange(
                        plain(),
                        "GET",
                        "/",
                        XFCC,
                        FORGED,
                        "Workload-Identity-Token",
                        "t",
                        "workload_identity_token",
                        "t",
                        "X_Mine",
                        "t",
                        "X-A",
                        "1");
        assertThat(reason(new StripHeaders(List.of("X-Mine")), exchange)).isEmpty();
        assertThat(exchange.request().headers().toString()).isEqualTo("Host: orders\nX-A: 1\n");
    }
}
