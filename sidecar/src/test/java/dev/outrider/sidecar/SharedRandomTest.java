package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SharedRandomTest {
    @Test
    void givesTheNumbersOfASplittableRandom() {
        SharedRandom shared = new SharedRandom(4711);
        SplittableRandom single = new SplittableRandom(4711);

        assertThat(LongStream.generate(shared::nextLong).limit(1000).toArray())
                .isEqualTo(LongStream.generate(single::nextLong).limit(1000).toArray());
    }
}
