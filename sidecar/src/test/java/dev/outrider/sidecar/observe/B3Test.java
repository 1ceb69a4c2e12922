package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class B3Test {
    private static final String LONG = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String SHORT = "64fe8b2a57d3eff7";
    private static final String SPAN = "e457b5a2e4d86bd1";
    private static final long LOW = 0x64fe8b2a57d3eff7L;
    private static final long SPAN_ID = 0xe457b5a2e4d86bd1L;

    @Test
    void readsTheSingleHeaderInAllItsForms() {
        Parent ids = new Parent(0x80f198ee56343ba8L, LOW, SPAN_ID, Parent.Sampled.YES, null);
        assertThat(B3.parse(LONG + "-" + SPAN + "-1")).isEqualTo(ids);
        assertThat(B3.parse(LONG + "-" + SPAN + "-d")).isEqualTo(ids);
        assertThat(B3.parse(LONG + "-" + SPAN + "-1-05e3ac9a4f6e3b90")).isEqualTo(ids);
        assertThat(B3.parse(SHORT + "-" + SPAN))
                .isEqualTo(new Parent(0, LOW, SPAN_ID, Parent.Sampled.OPEN, null));
        assertThat(B3.parse("0")).isEqualTo(Parent.decision(Parent.Sampled.NO));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "-",
                "64fe8b2a57d3eff7",
                "64fe8b2a57d3eff7-",
                "64fe8b2a57d3eff7-e457b5a2e4d86bd",
                "64fe8b2a57d3eff7-e457b5a2e4d86bd1-",
                "64fe8b2a57d3eff7-e457b5a2e4d86bd1-2",
                "64fe8b2a57d3eff7-e457b5a2e4d86bd1-1-",
                "64fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b9",
                "0000000000000000-e457b5a2e4d86bd1-1",
                "64fe8b2a57d3eff7-0000000000000000-1",
                "64fe8b2a57d3eff78-e457b5a2e4d86bd1-1"
            })
    void refusesWhatIsMalformed(String text) {
        assertThat(B3.parse(text)).isNull();
    }

    @Test
    void readsTheManyHeadersWhateverTheirCase() {
        Headers headers =
                W3cTest.headers("X-B3-TraceId", LONG, "X-B3-SpanId", SPAN, "X-B3-Sampled", "0");
        assertThat(B3.read(headers))
                .isEqualTo(new Parent(0x80f198ee56343ba8L, LOW, SPAN_ID, Parent.Sampled.NO, null));
    }

    @Test
    void takesTheDecisionWhenItComesWithoutIds() {
        assertThat(B3.read(W3cTest.headers("x-b3-sampled", "0")))
                .isEqualTo(Parent.decision(Parent.Sampled.NO));
        assertThat(B3.read(W3cTest.headers("x-b3-flags", "1")))
                .isEqualTo(Parent.decision(Parent.Sampled.YES));
        assertThat(B3.read(new Headers())).isNull();
    }

    @Test
    void fallsBackToTheManyWhenTheSingleIsBroken() {
        Headers headers = W3cTest.headers("b3", "junk", "x-b3-traceid", SHORT, "x-b3-spanid", SPAN);
        assertThat(B3.read(headers))
                .isEqualTo(new Parent(0, LOW, SPAN_ID, Parent.Sampled.OPEN, null));
    }

    @Test
    void neverWritesAnEmptyParent() {
        Headers headers = new Headers();
        B3.write(new TraceContext(0, LOW, SPAN_ID, 0, true, null), headers);
        assertThat(headers.contains("x-b3-parentspanid")).isFalse();
        assertThat(headers.get("x-b3-traceid")).isEqualTo(SHORT);
    }

    @Test
    void readsBackWhatItWrote() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            TraceContext trace =
                    new TraceContext(
                            i % 2 == 0 ? 0 : random.nextLong(),
                            random.nextLong() | 1,
                            random.nextLong() | 1,
                            i % 3 == 0 ? 0 : random.nextLong() | 1,
                            random.nextBoolean(),
                            null);
            Parent expected =
                    new Parent(
                            trace.traceIdHigh(),
                            trace.traceIdLow(),
                            trace.spanId(),
                            trace.sampled() ? Parent.Sampled.YES : Parent.Sampled.NO,
                            null);
            Headers many = new Headers();
            B3.write(trace, many);
            assertThat(B3.read(many)).as("seed %d, round %d", seed, i).isEqualTo(expected);
            assertThat(B3.parse(B3.format(trace)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(expected);
        }
    }
}
