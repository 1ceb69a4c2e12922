package dev.outrider.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
    private static Headers of(String... namesAndValues) {
        Headers headers = new Headers();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-forwarded-client-cert",
                "X-Forwarded-Client-Cert",
                "x_forwarded_client_cert",
                "X_FORWARDED-Client_CERT"
            })
    void everySpellingOfGuardedNameGoes(String spelling) {
        Headers headers = of("A", "1", spelling, "forged", "B", "2", spelling, "again");
        assertThat(headers.containsSpelling("x-forwarded-client-cert")).isTrue();
        headers.removeSpellings("x-forwarded-client-cert");
        assertThat(headers).hasToString("A: 1\nB: 2\n");
        assertThat(headers.containsSpelling("x-forwarded-client-cert")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-forwarded-client-certs",
                "x-forwarded-client-cer",
                "xforwarded-client-cert",
                "x.forwarded-client-cert",
                "y-forwarded-client-cert"
            })
    void otherNamesStay(String name) {
        Headers headers = of(name, "1");
        assertThat(headers.containsSpelling("x-forwarded-client-cert")).isFalse();
        headers.removeSpellings("x-forwarded-client-cert");
        assertThat(headers.size()).isEqualTo(1);
    }

    @Test
    void plainRemovalTakesOneSpellingOnly() {
        Headers headers = of("a-b", "1", "A-B", "2", "a_b", "3");
        assertThat(headers.remove("a-b")).isTrue();
        assertThat(headers).hasToString("a_b: 3\n");
        assertThat(headers.remove("a-b")).isFalse();
    }

    @Test
    void noValueForgesFurtherField() {
        assertThatIllegalArgumentException().isThrownBy(() -> of("a", "b\r\nc: d"));
        assertThatIllegalArgumentException().isThrownBy(() -> of("a", "b\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> of("a", "\u0100"));
        assertThatIllegalArgumentException().isThrownBy(() -> of("a b", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> of("a:", "c"));
    }

    @Test
    void refusedFieldLeavesNothingBehind() {
        Headers headers = of("a", "1");
        assertThatIllegalArgumentException().isThrownBy(() -> headers.add("b", "2\n"));
        headers.add("c", "3");
        assertThat(headers).hasToString("a: 1\nc: 3\n");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, 1500, 999_999_999_999L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void writesNumbersAsLongDoes(long number) {
        Headers headers = of("a", "b");
        headers.add("n", number);
        headers.set("N", number);
        assertThat(headers).hasToString("a: b\nN: " + number + "\n");
    }

    @Test
    void takesAValueThatItsSourceWrites() {
        Headers headers = of("a", "1");
        headers.add(
                "b",
                2,
                'x',
                (c, target, at) -> {
                    target[at] = (byte) (char) c;
                    target[at + 1] = '!';
                });
        headers.add("c", "3");
        assertThat(headers).hasToString("a: 1\nb: x!\nc: 3\n");
    }

    @Test
    void growsWhateverIsAdded() {
        for (int room = 0; room < 12; room++) {
            Headers headers = new Headers(room, 0);
            headers.add(
                    "a",
                    3,
                    'x',
                    (c, target, at) -> Arrays.fill(target, at, at + 3, (byte) (char) c));
            headers.add("b", 42);
            headers.add("c", "yz");
            assertThat(headers).hasToString("a: xxx\nb: 42\nc: yz\n");
        }
    }

    @Test
    void tellsOfAValueWithoutReadingIt() {
        Headers headers = of("Content-Type", "text/event-stream; charset=utf-8", "e", "");
        assertThat(headers.valueLength("content-type")).isEqualTo(32);
        assertThat(headers.valueLength("e")).isZero();
        assertThat(headers.valueLength("absent")).isEqualTo(-1);
        assertThat(headers.valueStartsWith("content-type", "text/event-stream")).isTrue();
        assertThat(headers.valueStartsWith("content-type", "text/event-streams")).isFalse();
        assertThat(headers.valueStartsWith("e", "text/event-stream")).isFalse();
        assertThat(headers.valueStartsWith("absent", "")).isFalse();
    }

    @Test
    void copyIsIndependent() {
        Headers headers = of("a", "1");
        Headers copy = headers.copy();
        copy.set("a", "2");
        assertThat(headers).hasToString("a: 1\n");
        assertThat(copy).hasToString("a: 2\n");
    }

    @Test
    void sharedEmptyOneTakesNothing() {
        assertThatIllegalStateException().isThrownBy(() -> Headers.EMPTY.add("a", "1"));
        assertThat(Headers.EMPTY.size()).isZero();
    }

    @Test
    void aWrittenValueIsWholeAlsoWhereRoomMustBeMade() {
        for (int before = 0; before < 600; before++) {
            Headers headers = new Headers();
            headers.add("x", "y".repeat(before));
            headers.add("id", 4, "abcd", HeadersTest::write);
            assertThat(headers.get("id")).as("after %d bytes", before).isEqualTo("abcd");
        }
    }

    private static void write(String text, byte[] target, int at) {
        for (int i = 0; i < text.length(); i++) {
            target[at + i] = (byte) text.charAt(i);
        }
    }

    @Test
    void allValuesOfANameAreFoundWhereTheyStand() {
        Headers headers = new Headers();
        headers.add("Host", "a");
        headers.add("Via", "1.1 first");
        headers.add("Server", "b");
        headers.add("via", "1.1 second");
        assertThat(headers.fields("via"))
                .containsExactly(FieldValue.of("1.1 first"), FieldValue.of("1.1 second"));
        assertThat(headers.fields("age")).isEmpty();
    }
}
