package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a server says, reading it gives a slice or none. */
class SliceTest {
    private static final int ROUNDS = 5000;

    private static TestSlice whole() {
        return new TestSlice("shop", "billing")
                .account("billing")
                .headless()
                .port("http", 8080)
                .zoned("10.0.0.1", "eu-1", "eu-1", "eu-2")
                .endpoint("10.0.0.2", false, true, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_260_101})
    void neverFails(long seed) {
        Random random = new Random(seed);
        int found = 0;
        for (int i = 0; i < ROUNDS; i++) {
            @SuppressWarnings("unchecked") // a map stays one at the top
            Map<String, @Nullable Object> object =
                    (Map<String, @Nullable Object>) mapChanged(whole().object(), random);
            Slice slice = Slice.read(object);
            if (slice != null) {
                ServiceSlices slices = new ServiceSlices(List.of(slice));
                PortChoice choice =
                        PortChoice.of(
                                new ServiceName("billing", "shop"),
                                slices,
                                ServicePort.of(80),
                                Map.of());
                List<Endpoint> endpoints =
                        new SliceEndpoints("", DnsConfig.Family.AUTO, "eu-1", "spiffe://x/")
                                .of(slices, choice);
                found += endpoints.size();
                assertThat(endpoints)
                        .as("seed %d, round %d", seed, i)
                        .allMatch(each -> EndpointsConfig.literal(each.host()));
            }
        }
        assertThat(found).isPositive();
    }

    private static Map<?, ?> mapChanged(Map<?, ?> map, Random random) {
        Map<Object, @Nullable Object> changed = new HashMap<>();
        map.forEach((name, value) -> {
            if (random.nextInt(20) > 0) {
                changed.put(name, changed(value, random));
            }
        });
        return changed;
    }

    private static @Nullable Object changed(@Nullable Object value, Random random) {
        if (random.nextInt(12) == 0) {
            return any(random);
        }
        if (value instanceof Map<?, ?> map) {
            return mapChanged(map, random);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(each -> items.add(changed(each, random)));
            return items;
        }
        return value;
    }

    private static @Nullable Object any(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> "fd00::1";
            case 3 -> "IPv6";
            case 4 -> random.nextLong();
            case 5 -> random.nextDouble();
            case 6 -> random.nextBoolean();
            case 7 -> List.of();
            default -> Map.of("name", "x");
        };
    }
}
