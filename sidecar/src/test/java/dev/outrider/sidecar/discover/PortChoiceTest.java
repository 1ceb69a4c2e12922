package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PortChoiceTest {
    private static final ServiceName BILLING = new ServiceName("billing", "shop");

    private static TestSlice slice() {
        return new TestSlice("shop", "billing");
    }

    private static PortChoice choice(TestSlice slice, String port, Map<String, Integer> numbers) {
        ServiceSlices slices = new ServiceSlices(List.of(Objects.requireNonNull(slice.read())));
        return PortChoice.of(BILLING, slices, ServicePort.parse(port), numbers);
    }

    @Test
    void aNameMeansThePortOfThatName() {
        TestSlice slice = slice().port("http", 8080).port("admin", 9090);
        assertThat(choice(slice, "admin", Map.of())).isEqualTo(new PortChoice.Named("admin"));
        assertThat(choice(slice, "grpc", Map.of()))
                .isEqualTo(
                        new PortChoice.Unclear("billing.shop has no port 'grpc', but admin, http"));
    }

    @Test
    void anyNumberMeansTheOnlyPort() {
        assertThat(choice(slice().port("", 8080), "80", Map.of()))
                .isEqualTo(new PortChoice.Named(""));
        assertThat(choice(slice().port("http", 8080), "80", Map.of()))
                .isEqualTo(new PortChoice.Named("http"));
    }

    @Test
    void ofSeveralPortsTheNumbersAreAskedFor() {
        TestSlice slice = slice().port("http", 8080).port("admin", 9090);
        // A pod's own number is no proof: the Service may have it for another port.
        assertThat(choice(slice, "8080", Map.of())).isInstanceOf(PortChoice.Asking.class);
        Map<String, Integer> numbers = Map.of("http", 80, "admin", 8080);
        assertThat(choice(slice, "8080", numbers)).isEqualTo(new PortChoice.Named("admin"));
        assertThat(choice(slice, "80", numbers)).isEqualTo(new PortChoice.Named("http"));
        assertThat(choice(slice, "81", numbers)).isInstanceOf(PortChoice.Unclear.class);
    }

    @Test
    void whoCallsAHeadlessServiceCallsThePodsOwnPorts() {
        TestSlice slice = slice().headless().port("client", 2379).port("peer", 2380);
        assertThat(choice(slice, "2380", Map.of())).isEqualTo(new PortChoice.Numbered(2380));
    }

    @Test
    void somePodsTakeEveryPort() {
        assertThat(choice(slice().port(Map.of("protocol", "TCP")), "4711", Map.of()))
                .isEqualTo(new PortChoice.Numbered(4711));
    }

    @Test
    void withoutPortsNothingIsClear() {
        assertThat(choice(slice(), "80", Map.of())).isInstanceOf(PortChoice.Unclear.class);
        ServiceSlices two =
                new ServiceSlices(
                        List.of(Objects.requireNonNull(slice().port("a", 1).port("b", 2).read())));
        assertThat(PortChoice.of(BILLING, two, ServicePort.ONLY, Map.of()))
                .isInstanceOf(PortChoice.Unclear.class);
    }
}
