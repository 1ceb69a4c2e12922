package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.util.Base64;

/** Of each token only the one spelling passes. */
class TokenShapeFuzzTest {
    @FuzzTest
    void shape(@NotNull String token) {
        TokenShape shape;
        try {
            shape = TokenShape.of(token);
        } catch (IllegalArgumentException e) {
            return;
        }
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        assertThat(encoder.encodeToString(shape.header(token)))
                .isEqualTo(token.substring(0, shape.firstDot()));
        assertThat(encoder.encodeToString(shape.payload(token)))
                .isEqualTo(token.substring(shape.firstDot() + 1, shape.secondDot()));
    }
}
