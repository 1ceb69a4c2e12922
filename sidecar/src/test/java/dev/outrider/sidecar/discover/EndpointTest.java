package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.7:8080", "billing:80", "[fd00::7]:8080"})
    void isWrittenAsItIsRead(String address) {
        assertThat(Endpoint.parse(address, 1).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "billing",
                ":80",
                "billing:",
                "billing:x",
                "fd00::7:80",
                "[fd00::7]",
                "a:0",
                "a:65536",
                "[]:80"
            })
    void refusesWhatIsNoAddress(String address) {
        assertThatThrownBy(() -> Endpoint.parse(address, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSetHoldsEachAddressOnce() {
        EndpointSet set =
                new EndpointSet(1, List.of(new Endpoint("a", 1, 5, null), new Endpoint("a", 1)));
        assertThat(set.endpoints()).containsExactly(new Endpoint("a", 1, 5, null));
    }

    @Test
    void aStaticSourceTellsAtOnce() {
        List<EndpointSet> told = new ArrayList<>();
        try (StaticSource source = new StaticSource(List.of(new Endpoint("a", 1)))) {
            source.start();
            source.subscribe(told::add);
            assertThat(told).containsExactly(source.current());
            assertThat(source.ready().toCompletableFuture()).isCompletedWithValue(told.getFirst());
        }
    }
}
