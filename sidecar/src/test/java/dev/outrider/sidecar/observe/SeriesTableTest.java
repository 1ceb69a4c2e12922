package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeriesTableTest {
    private record Made(
            int code, @Nullable Object first, @Nullable Object second, @Nullable Object third) {}

    private static final SeriesTable.Maker<Made> MAKER =
            new SeriesTable.Maker<>() {
                @Override
                public Made make(
                        int code,
                        @Nullable Object first,
                        @Nullable Object second,
                        @Nullable Object third) {
                    return new Made(code, first, second, third);
                }

                @Override
                public int coarse(int code) {
                    return code & 1;
                }
            };

    @Test
    void givesEachSetItsOwnSeriesAndAlwaysTheSame() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        SeriesTable<Made> table = new SeriesTable<>(new SeriesQuota(100_000), MAKER);
        Map<Made, Made> seen = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Made wanted =
                    new Made(
                            random.nextInt(40),
                            random.nextBoolean() ? null : "s" + random.nextInt(20),
                            random.nextBoolean() ? null : random.nextInt(20),
                            null);
            Made got = table.get(wanted.code, wanted.first, wanted.second, wanted.third);
            assertThat(got).as("seed %d, round %d", seed, i).isEqualTo(wanted);
            assertThat(got)
                    .as("the same object, seed %d, round %d", seed, i)
                    .isSameAs(Objects.requireNonNullElse(seen.putIfAbsent(wanted, got), got));
        }
    }

    @Test
    void countsTheRestTogetherWhenTheQuotaIsSpent() {
        SeriesQuota quota = new SeriesQuota(3);
        SeriesTable<Made> table = new SeriesTable<>(quota, MAKER);
        Made known = table.get(2, "a", null, null);
        table.get(2, "b", null, null);
        table.get(2, "c", null, null);
        Made even = new Made(0, "other", "other", "other");
        assertThat(table.get(2, "d", null, null)).isEqualTo(even);
        assertThat(table.get(4, "e", null, null)).isSameAs(table.get(6, "f", null, null));
        assertThat(table.get(3, "g", null, null)).isEqualTo(new Made(1, "other", "other", "other"));
        assertThat(table.get(2, "a", null, null)).isSameAs(known);
        assertThat(quota.refused()).isEqualTo(4);
    }
}
