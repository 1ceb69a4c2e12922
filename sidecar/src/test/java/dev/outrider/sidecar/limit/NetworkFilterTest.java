package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.transport.AddressRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkFilterTest {
    private final Calls calls = new Calls();

    @AfterEach
    void close() {
        calls.close();
    }

    private static List<AddressRange> ranges(String... texts) {
        return List.of(texts).stream().map(AddressRange::parse).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, true",
        "10.9.0.1, false",
        "11.0.0.1, false",
        "192.0.2.7, true",
        "192.0.2.8, false",
        "2001:db8:5::1, true",
        "2001:db9::1, false",
        "::ffff:10.1.2.3, true",
    })
    void letsTheAllowedComeButForTheDenied(String address, boolean comes) {
        NetworkFilter filter =
                new NetworkFilter(
                        new NetworkConfig(
                                ranges("10.0.0.0/8", "192.0.2.7", "2001:db8::/32"),
                                ranges("10.9.0.0/16")));
        Failure failure = calls.run(filter, calls.from(address));
        assertThat(failure == null).isEqualTo(comes);
        assertThat(filter.refused()).isEqualTo(comes ? 0 : 1);
        if (failure != null) {
            assertThat(failure.reason()).isEqualTo("address-denied");
        }
    }

    @Test
    void withoutAnAllowListAllMayComeButTheDenied() {
        NetworkFilter filter =
                new NetworkFilter(new NetworkConfig(List.of(), ranges("192.0.2.0/24")));
        assertThat(calls.run(filter, calls.from("198.51.100.1"))).isNull();
        assertThat(calls.run(filter, calls.from("2001:db8::1"))).isNull();
        assertThat(calls.run(filter, calls.from("192.0.2.200"))).isNotNull();
        assertThatThrownBy(() -> new NetworkConfig(ranges("192.0.2.1:80"), List.of()))
                .hasMessageContaining("no fixed port");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsWhatALookAtEachNetworkFinds(long seed) throws UnknownHostException {
        Random random = new Random(seed);
        List<AddressRange> ranges = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] bytes = address(random);
            int prefix = random.nextInt(bytes.length * 8 + 1);
            prefix = Math.max(prefix, 3);
            for (int bit = prefix; bit < bytes.length * 8; bit++) {
                bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            }
            ranges.add(new AddressRange(InetAddress.getByAddress(bytes), prefix, 0));
        }
        Networks networks = new Networks(ranges);
        for (int i = 0; i < 2000; i++) {
            InetAddress address = InetAddress.getByAddress(address(random));
            InetSocketAddress socket = new InetSocketAddress(address, 1);
            assertThat(networks.contains(address))
                    .isEqualTo(ranges.stream().anyMatch(each -> each.contains(socket)));
        }
    }

    /** Of few different bytes, so that networks nest and are met. */
    private static byte[] address(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (0x20 + random.nextInt(2));
        }
        return bytes;
    }
}
