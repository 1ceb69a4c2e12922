package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.http.Headers;
import java.util.Arrays;

/** Cookies of any kind: ours are found as a plain reader finds them, and none is left. */
class TokenCookieFuzzTest {
    private static final TokenSource COOKIE = new TokenSource.Cookie("s");

    @FuzzTest
    void cookies(@NotNull String value) {
        Headers headers = new Headers();
        try {
            headers.add("Cookie", value);
        } catch (IllegalArgumentException e) {
            return; // no field value
        }
        long ours =
                Arrays.stream(value.split(";", -1))
                        .map(pair -> pair.replaceFirst("^[ \t]*", ""))
                        .filter(pair -> pair.startsWith("s="))
                        .count();
        assertThat(COOKIE.count(headers)).isEqualTo((int) ours);
        FieldValue token = COOKIE.read(headers);
        assertThat(token == null).isEqualTo(ours == 0);
        COOKIE.strip(headers);
        assertThat(COOKIE.count(headers)).isZero();
        assertThat(COOKIE.read(headers)).isNull();
    }
}
