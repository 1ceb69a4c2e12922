package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SliceEndpointsTest {
    private static final PortChoice HTTP = new PortChoice.Named("http");
    private static final String ACCOUNTS = "spiffe://cluster.local/ns/shop/sa/";

    private static TestSlice slice(String name) {
        return new TestSlice("shop", "billing", name).port("http", 8080);
    }

    private static ServiceSlices slices(TestSlice... slices) {
        return new ServiceSlices(
                Stream.of(slices).map(TestSlice::read).map(Objects::requireNonNull).toList());
    }

    private static List<Endpoint> endpoints(ServiceSlices slices, PortChoice port) {
        return endpoints(slices, port, "", DnsConfig.Family.AUTO, null);
    }

    private static List<Endpoint> endpoints(
            ServiceSlices slices,
            PortChoice port,
            String hostname,
            DnsConfig.Family family,
            @Nullable String zone) {
        return new SliceEndpoints(hostname, family, zone, ACCOUNTS).of(slices, port);
    }

    private static List<String> addresses(List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::address).toList();
    }

    @Test
    void joinsSlicesWhosePortsHaveTheirOwnNumbers() {
        ServiceSlices slices =
                slices(
                        slice("a").port("admin", 9090).ready("10.0.0.2"),
                        new TestSlice("shop", "billing", "b").port("http", 8081).ready("10.0.0.1"));
        assertThat(addresses(endpoints(slices, HTTP)))
                .containsExactly("10.0.0.1:8081", "10.0.0.2:8080");
        assertThat(addresses(endpoints(slices, new PortChoice.Named("admin"))))
                .containsExactly("10.0.0.2:9090");
        assertThat(addresses(endpoints(slices, new PortChoice.Numbered(8081))))
                .containsExactly("10.0.0.1:8081");
    }

    @Test
    void takesOnlyThoseThatAreReady() {
        ServiceSlices slices =
                slices(
                        slice("a")
                                .ready("10.0.0.1")
                                .endpoint("10.0.0.2", false, false, false)
                                .endpoint("10.0.0.3", false, true, true)
                                .endpoint("10.0.0.4", false, false, true)
                                .endpoint(Map.of("addresses", List.of("10.0.0.5"))));
        assertThat(addresses(endpoints(slices, HTTP)))
                .containsExactly("10.0.0.1:8080", "10.0.0.5:8080");
    }

    @Test
    void thoseThatEndAndStillServeAreBetterThanNobody() {
        ServiceSlices slices =
                slices(
                        slice("a")
                                .endpoint("10.0.0.2", false, false, false)
                                .endpoint("10.0.0.3", false, true, true)
                                .endpoint("10.0.0.4", false, false, true));
        assertThat(addresses(endpoints(slices, HTTP))).containsExactly("10.0.0.3:8080");
    }

    @Test
    void countsWhoIsInTwoSlicesOnceByTheBetterWord() {
        ServiceSlices slices =
                slices(
                        slice("a").endpoint("10.0.0.1", false, true, true).ready("10.0.0.2"),
                        slice("b").ready("10.0.0.1").endpoint("10.0.0.2", false, false, false));
        assertThat(addresses(endpoints(slices, HTTP)))
                .containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @Test
    void countsAPodWithTwoKindsOfAddressOnce() {
        ServiceSlices slices =
                slices(
                        slice("a").ready("10.0.0.1"),
                        slice("b").type("IPv6").ready("fd00:0::0:1", "fd00::2"));
        assertThat(addresses(endpoints(slices, HTTP))).containsExactly("10.0.0.1:8080");
        assertThat(addresses(endpoints(slices, HTTP, "", DnsConfig.Family.IPV6, null)))
                .containsExactly("[fd00::1]:8080", "[fd00::2]:8080");
        ServiceSlices six = slices(slice("b").type("IPv6").ready("fd00::2"));
        assertThat(addresses(endpoints(six, HTTP))).containsExactly("[fd00::2]:8080");
    }

    @Test
    void whatIsNoAddressIsLeftOut() {
        assertThat(slice("a").type("FQDN").ready("example.com").read()).isNull();
        ServiceSlices slices =
                slices(
                        slice("a")
                                .ready("nonsense", "fd00::1", "10.0.0.1")
                                .endpoint(Map.of("addresses", List.of()))
                                .endpoint(Map.of("conditions", Map.of("ready", true)))
                                .port(Map.of("name", "dns", "port", 53, "protocol", "UDP"))
                                .port(Map.of("name", "odd", "port", 70_000)));
        assertThat(addresses(endpoints(slices, HTTP))).containsExactly("10.0.0.1:8080");
        assertThat(slices.portNames()).containsExactly("http");
    }

    @Test
    void namesOnePod() {
        ServiceSlices slices =
                slices(
                        slice("a")
                                .ready("10.0.0.1")
                                .endpoint(
                                        Map.of(
                                                "addresses",
                                                List.of("10.0.0.2"),
                                                "hostname",
                                                "db-1")));
        assertThat(addresses(endpoints(slices, HTTP, "db-1", DnsConfig.Family.AUTO, null)))
                .containsExactly("10.0.0.2:8080");
    }

    @Test
    void thoseHintedAtForTheOwnZoneAreNear() {
        ServiceSlices slices =
                slices(
                        slice("a")
                                .zoned("10.0.0.1", "eu-1", "eu-1")
                                .zoned("10.0.0.2", "eu-2", "eu-2", "eu-1")
                                .zoned("10.0.0.3", "eu-3", "eu-3"));
        List<Endpoint> found = endpoints(slices, HTTP, "", DnsConfig.Family.AUTO, "eu-1");
        assertThat(found).extracting(Endpoint::near).containsExactly(true, true, false);
        assertThat(found).extracting(Endpoint::zone).containsExactly("eu-1", "eu-2", "eu-3");
        assertThat(endpoints(slices, HTTP)).allMatch(Endpoint::near);
        assertThat(endpoints(slices, HTTP, "", DnsConfig.Family.AUTO, "us-1"))
                .allMatch(Endpoint::near);
    }

    @Test
    void hintsThatAreNotWholeCountForNothing() {
        ServiceSlices slices =
                slices(slice("a").zoned("10.0.0.1", "eu-1", "eu-1").zoned("10.0.0.2", "eu-2"));
        assertThat(endpoints(slices, HTTP, "", DnsConfig.Family.AUTO, "eu-2"))
                .allMatch(Endpoint::near);
    }

    @Test
    void whoAnswersIsSaidByEachSlice() {
        ServiceSlices slices =
                slices(
                        slice("a").account("billing").ready("10.0.0.1"),
                        slice("b").ready("10.0.0.2"));
        assertThat(endpoints(slices, HTTP))
                .extracting(Endpoint::peer)
                .containsExactly(ACCOUNTS + "billing", null);
        assertThat(slices.meshed()).isFalse();
        assertThat(slices.accounts()).containsExactly("billing");
    }

    @Test
    void aServiceIsMeshedWhenAllSlicesThatCountSaySo() {
        assertThat(slices().meshed()).isFalse();
        assertThat(slices(slice("a").account("billing")).meshed()).isTrue();
        assertThat(
                        slices(
                                        slice("a").account("billing").ready("10.0.0.1"),
                                        slice("b").endpoint("10.0.0.2", false, false, true))
                                .meshed())
                .isTrue();
        assertThat(slices(slice("a").account("../../evil").ready("10.0.0.1")).meshed()).isFalse();
    }
}
