package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Whatever a claim says, it is one word of a field, and a reader gets it back. */
class FieldTextFuzzTest {
    @FuzzTest
    void claim(@NotNull String claim) {
        String field = FieldText.of(claim);
        assertThat(field).matches("[!-~]*").doesNotContain(",");
        if (StandardCharsets.UTF_8.newEncoder().canEncode(claim)) {
            assertThat(URLDecoder.decode(field.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .isEqualTo(claim);
        }
    }
}
