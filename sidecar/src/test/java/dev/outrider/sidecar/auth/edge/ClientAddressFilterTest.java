package dev.outrider.sidecar.auth.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.auth.Requests;
import dev.outrider.sidecar.auth.edge.ClientAddressConfig.Source;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.transport.AddressRange;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientAddressFilterTest {
    /** Of {@link Requests#plain}. */
    private static final String PEER = "10.0.0.7";

    private final Requests requests = new Requests();

    @AfterEach
    void close() {
        requests.close();
    }

    private static ClientAddressFilter hops(int hops) {
        return new ClientAddressFilter(
                new ClientAddressConfig(hops, List.of(), Source.X_FORWARDED_FOR, true, false));
    }

    private static ClientAddressFilter networks(Source source, String... networks) {
        return new ClientAddressFilter(
                new ClientAddressConfig(
                        0,
                        List.of(networks).stream().map(AddressRange::parse).toList(),
                        source,
                        true,
                        true));
    }

    private Exchange filtered(ClientAddressFilter filter, Peer peer, String... fields) {
        Exchange exchange = requests.outside(peer, fields);
        assertThat(Requests.reason(filter, exchange)).isEmpty();
        return exchange;
    }

    /** Fields are parted by {@code |}. */
    private Exchange forwardedFor(ClientAddressFilter filter, String values) {
        List<String> fields = new ArrayList<>();
        for (String value : values.split("\\|", -1)) {
            fields.add("X-Forwarded-For");
            fields.add(value);
        }
        return filtered(filter, Requests.plain(), fields.toArray(new String[0]));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "0; 1.2.3.4; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "1; 6.6.6.6, 1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "1; 6.6.6.6|1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "1; ')DROP\"',\"\"\",1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "2; 6.6.6.6, 1.2.3.4, 10.0.0.9; 1.2.3.4; 1.2.3.4, 10.0.0.9, 10.0.0.7",
                "2; 1.2.3.4; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3.4:5678; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "1; [2001:db8::1]:443; 2001:db8:0:0:0:0:0:1; 2001:db8:0:0:0:0:0:1, 10.0.0.7",
                "1; 2001:db8::1; 2001:db8:0:0:0:0:0:1; 2001:db8:0:0:0:0:0:1, 10.0.0.7",
                "1; ::ffff:1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "1; unknown; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3.4,; 10.0.0.7; 10.0.0.7",
                "1; 010.1.1.1; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3.256; 10.0.0.7; 10.0.0.7",
                "1; 0x7f.1; 10.0.0.7; 10.0.0.7",
                "1; 2130706433; 10.0.0.7; 10.0.0.7",
                "1; localhost; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3.4:99999999; 10.0.0.7; 10.0.0.7",
                "1; fe80::1%eth0; 10.0.0.7; 10.0.0.7",
                "1; 1.2.3.4 6.6.6.6; 10.0.0.7; 10.0.0.7",
            })
    void countedHopsSayWhichElementIsTheClient(
            int hops, String values, String client, String sent) {
        Exchange exchange = forwardedFor(hops(hops), values);
        assertThat(exchange.client().getHostAddress()).isEqualTo(client);
        assertThat(exchange.request().headers().all("x-forwarded-for")).containsExactly(sent);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
                "6.6.6.6, 1.2.3.4, 10.9.9.9; 1.2.3.4; 1.2.3.4, 10.9.9.9, 10.0.0.7",
                "10.1.1.1, 1.2.3.4, 10.9.9.9; 1.2.3.4; 1.2.3.4, 10.9.9.9, 10.0.0.7",
                "10.1.1.1, 10.9.9.9; 10.1.1.1; 10.1.1.1, 10.9.9.9, 10.0.0.7",
                "rubbish, 10.9.9.9; 10.0.0.7; 10.0.0.7",
                "rubbish, 1.2.3.4; 1.2.3.4; 1.2.3.4, 10.0.0.7",
            })
    void trustedNetworksAreWalkedFromTheEnd(String values, String client, String sent) {
        Exchange exchange = forwardedFor(networks(Source.X_FORWARDED_FOR, "10.0.0.0/8"), values);
        assertThat(exchange.client().getHostAddress()).isEqualTo(client);
        assertThat(exchange.request().headers().all("x-forwarded-for")).containsExactly(sent);
    }

    @Test
    void whoeverIsNotTrustedIsNotBelieved() {
        Exchange exchange =
                filtered(
                        networks(Source.X_FORWARDED_FOR, "192.168.0.0/16"),
                        Requests.plain(),
                        "X-Forwarded-For",
                        "127.0.0.1",
                        "x_forwarded_for",
                        "127.0.0.1",
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Host",
                        "admin.internal",
                        "X-Forwarded-Port",
                        "1",
                        "X-Forwarded-Scheme",
                        "https",
                        "Forwarded",
                        "for=127.0.0.1;proto=https");
        Headers headers = exchange.request().headers();
        assertThat(exchange.client().getHostAddress()).isEqualTo(PEER);
        assertThat(headers.toString()).doesNotContain("127.0.0.1").doesNotContain("admin.internal");
        assertThat(headers.all("x-forwarded-for")).containsExactly(PEER);
        assertThat(headers.get("x-forwarded-proto")).isEqualTo("http");
        assertThat(headers.get("x-forwarded-host")).isEqualTo("orders");
        assertThat(headers.get("x-forwarded-port")).isEqualTo("80");
        assertThat(headers.get("forwarded")).isEqualTo("for=10.0.0.7;proto=http;host=\"orders\"");
        assertThat(headers.size()).isEqualTo(6);
        assertThat(exchange.https()).isFalse();
    }

    @Test
    void aTrustedProxySaysHowTheClientCame() {
        Exchange exchange =
                filtered(
                        hops(1),
                        Requests.plain(),
                        "X-Forwarded-For",
                        "1.2.3.4",
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Port",
                        "8443",
                        "X-Forwarded-Host",
                        "evil.example");
        Headers headers = exchange.request().headers();
        assertThat(headers.get("x-forwarded-proto")).isEqualTo("https");
        assertThat(exchange.https()).isTrue();
        assertThat(headers.get("x-forwarded-port")).isEqualTo("8443");
        assertThat(headers.get("x-forwarded-host")).isEqualTo("orders");
        Exchange two =
                filtered(
                        hops(1),
                        Requests.plain(),
                        "X-Forwarded-For",
                        "1.2.3.4",
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Proto",
                        "http",
                        "X-Forwarded-Port",
                        "a");
        assertThat(two.https()).isFalse();
        assertThat(two.request().headers().get("x-forwarded-proto")).isEqualTo("http");
        assertThat(two.request().headers().get("x-forwarded-port")).isEqualTo("80");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "for=1.2.3.4!1.2.3.4",
                "For=\"[2001:db8::1]:80\";proto=https!2001:db8:0:0:0:0:0:1",
                "for=6.6.6.6, by=x;FOR=\"1.2.3.4:9\";proto=http!1.2.3.4",
                "for=\"6.6.6.6, for=1.2.3.4!1.2.3.4",
                "for=\"a,b\", for=1.2.3.4;host=\"x,y\"!1.2.3.4",
                "for=_hidden!10.0.0.7",
                "for=unknown!10.0.0.7",
                "by=1.2.3.4!10.0.0.7",
                "for=[::1!10.0.0.7",
                "for=\"1.2.3.4!10.0.0.7",
            })
    void readsForwardedFromTheEndWhateverStandsBefore(String value, String client) {
        Exchange exchange =
                filtered(
                        networks(Source.FORWARDED, "10.0.0.0/8"),
                        Requests.plain(),
                        "Forwarded",
                        value,
                        "X-Forwarded-For",
                        "9.9.9.9");
        assertThat(exchange.client().getHostAddress()).isEqualTo(client);
        assertThat(exchange.request().headers().get("x-forwarded-for"))
                .isEqualTo(client.equals(PEER) ? PEER : client + ", " + PEER);
    }

    @Test
    void forwardedSaysProtoAndHostOfTheClientsRequest() {
        Exchange exchange =
                filtered(
                        networks(Source.FORWARDED, "10.0.0.0/8"),
                        Requests.plain(),
                        "Forwarded",
                        "for=\"[2001:db8::1]\";proto=HTTPS;host=\"shop.example:8443\"");
        Headers headers = exchange.request().headers();
        assertThat(headers.get("forwarded"))
                .isEqualTo(
                        "for=\"[2001:db8:0:0:0:0:0:1]\";proto=https;host=\"shop.example:8443\","
                                + " for=10.0.0.7");
        assertThat(headers.get("x-forwarded-proto")).isEqualTo("https");
        assertThat(headers.get("x-forwarded-port")).isEqualTo("8443");
    }

    @Test
    void aLongWayThroughTrustedProxiesIsNone() {
        Exchange exchange =
                forwardedFor(
                        networks(Source.X_FORWARDED_FOR, "10.0.0.0/8"),
                        "1.2.3.4" + ", 10.1.1.1".repeat(40));
        assertThat(exchange.client().getHostAddress()).isEqualTo(PEER);
    }

    @Test
    void anEncryptedConnectionIsHttps() {
        Peer tls = new Peer(new InetSocketAddress("10.0.0.7", 1), true, null, null, null);
        assertThat(filtered(hops(0), tls).request().headers().get("x-forwarded-proto"))
                .isEqualTo("https");
    }

    @Test
    void hopsAndNetworksAreTwoWays() {
        assertThatThrownBy(() ->
                        new ClientAddressConfig(
                                1,
                                List.of(AddressRange.parse("10.0.0.0/8")),
                                Source.FORWARDED,
                                true,
                                true))
                .hasMessageContaining("not both");
        assertThatThrownBy(() ->
                        new ClientAddressConfig(
                                0,
                                List.of(AddressRange.parse("10.0.0.1:80")),
                                Source.FORWARDED,
                                true,
                                true))
                .hasMessageContaining("without ports");
    }
}
