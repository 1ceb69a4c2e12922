package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BoundedPatternTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders/[0-9]{1,12}",
                "/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                "/a{,3}",
                "/[]{}]{3}",
                "/[[:alpha:]]{3}\\{2000000\\}",
                "(a|b|c){100}",
            })
    void takesPatternsOfAReasonableSize(String text) {
        assertThat(BoundedPattern.compile(text).pattern()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{100}){100}){100}",
                "(a{1000}){1000}",
                "([ab]{50}c){50}",
                "",
                "(",
                "a**",
                "(?=a)",
                "(a)\\1",
            })
    void refusesOthers(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> BoundedPattern.compile(text));
    }

    /** A backtracking matcher would need longer for any of these than there is time. */
    @ParameterizedTest
    @ValueSource(
            strings = {"(a+)+$", "(a|a)*b", "(a|aa)+$", "([a-zA-Z]+)*=", "(.*a){20}c", "(a*)*b"})
    void bombsDoNotGoOff(String text) {
        assertThat(BoundedPattern.compile(text).matches("a".repeat(5_000) + "!")).isFalse();
    }
}
