package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class W3cTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

    @Test
    void readsTheExampleOfTheRecommendation() {
        assertThat(W3c.parse(PARENT))
                .isEqualTo(
                        new Parent(
                                0x0af7651916cd43ddL,
                                0x8448eb211c80319cL,
                                0xb7ad6b7169203331L,
                                Parent.Sampled.YES,
                                null));
        assertThat(W3c.parse("00-" + TRACE + "-" + SPAN + "-00"))
                .extracting(Parent::sampled)
                .isEqualTo(Parent.Sampled.NO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
                "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                "00-0af7651916cd43dd8448eb211c80319\u00e9-b7ad6b7169203331-01"
            })
    void refusesWhatIsMalformed(String text) {
        assertThat(W3c.parse(text)).isNull();
    }

    @Test
    void readsAHigherVersionAsFarAsItIsKnown() {
        Parent known = W3c.parse(PARENT);
        assertThat(W3c.parse("01-" + TRACE + "-" + SPAN + "-01")).isEqualTo(known);
        assertThat(W3c.parse("fe-" + TRACE + "-" + SPAN + "-01-what-comes")).isEqualTo(known);
    }

    @Test
    void refusesTwoParents() {
        Headers headers = headers("traceparent", PARENT, "traceparent", PARENT);
        assertThat(W3c.read(headers)).isNull();
    }

    @Test
    void joinsStatesInOrderAndLeavesThemAsTheyAre() {
        Headers headers =
                headers("traceparent", PARENT, "tracestate", "a=1 ,b@c=2", "tracestate", "d=3");
        assertThat(state(headers)).isEqualTo("a=1 ,b@c=2,d=3");
    }

    @Test
    void dropsAStateOfMoreThan32MembersAndKeepsOneOf32() {
        assertThat(state(headers("traceparent", PARENT, "tracestate", members(32))))
                .isEqualTo(members(32));
        assertThat(state(headers("traceparent", PARENT, "tracestate", members(33)))).isNull();
        assertThat(
                        state(
                                headers(
                                        "traceparent",
                                        PARENT,
                                        "tracestate",
                                        members(20),
                                        "tracestate",
                                        members(20))))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " , ", "novalue", "=1", "k=", "K=1", "a=1=2", "a=1;b", "é=1"})
    void passesNoStateThatBreaksTheGrammar(String state) {
        boolean harmless = state.equals("a=1;b");
        assertThat(W3c.validState(state)).isEqualTo(harmless);
    }

    @Test
    void keepsTheIdsWhenOnlyTheStateIsBad() {
        Parent parent = W3c.read(headers("traceparent", PARENT, "tracestate", "K=1"));
        assertThat(parent).isEqualTo(W3c.parse(PARENT));
    }

    @Test
    void readsBackWhatItWrote() {
        long seed = 20261122;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            TraceContext trace =
                    new TraceContext(
                            i % 3 == 0 ? 0 : random.nextLong(),
                            random.nextLong() | 1,
                            random.nextLong() | 1,
                            random.nextLong(),
                            random.nextBoolean(),
                            null);
            Exchange exchange = Exchanges.get(Direction.OUTBOUND);
            exchange.trace(trace);
            long span = random.nextLong() | 1;
            exchange.attemptSpan(span);
            Headers headers = new Headers();
            W3c.write(exchange, headers);
            assertThat(W3c.read(headers))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(
                            new Parent(
                                    trace.traceIdHigh(),
                                    trace.traceIdLow(),
                                    span,
                                    trace.sampled() ? Parent.Sampled.YES : Parent.Sampled.NO,
                                    null));
        }
    }

    @Test
    void neverThrowsWhateverItIsGiven() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(PARENT);
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                int at = random.nextInt(text.length() + 1);
                if (at < text.length() && random.nextBoolean()) {
                    text.setCharAt(at, (char) random.nextInt(256));
                } else if (random.nextBoolean()) {
                    text.insert(at, (char) random.nextInt(256));
                } else {
                    text.setLength(at);
                }
            }
            String mutated = text.toString();
            assertThatCode(
                            () -> {
                                Parent parent = W3c.parse(mutated);
                                assertThat(parent == null || parent.hasIds()).isTrue();
                                W3c.validState(mutated);
                                B3.parse(mutated);
                            })
                    .as("seed %d, round %d: %s", seed, i, mutated)
                    .doesNotThrowAnyException();
        }
    }

    private static @Nullable String state(Headers headers) {
        Parent parent = W3c.read(headers);
        return parent == null ? "no parent" : parent.state();
    }

    private static String members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "vendor" + i + "=" + i)
                .collect(Collectors.joining(","));
    }

    static Headers headers(String... fields) {
        Headers headers = new Headers();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return headers;
    }
}
