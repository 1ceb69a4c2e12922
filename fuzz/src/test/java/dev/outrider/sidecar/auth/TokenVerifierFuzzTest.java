package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;

/** Whatever an issuer signs: claims that hold now and here, or a refusal; never an exception. */
class TokenVerifierFuzzTest {
    private final KeySet keys = KeySet.parse(Tokens.JWKS);
    private final TokenVerifier verifier =
            new TokenVerifier(JwtConfig.forAudience("orders").rules(), () -> Tokens.NOW);

    @FuzzTest
    void signed(@NotNull String member, @NotNull String payload) {
        judge(Tokens.sign(Tokens.HEADER, payload, Tokens.EC.getPrivate()));
        judge(Tokens.sign(Tokens.HEADER, Tokens.claims(member), Tokens.EC.getPrivate()));
        String header = Tokens.HEADER.replace("}", "," + member + "}");
        judge(Tokens.sign(header, Tokens.claims(""), Tokens.EC.getPrivate()));
    }

    private void judge(String token) {
        switch (verifier.verify(token, keys)) {
            case TokenResult.Verified good -> {
                assertThat(good.untilMillis()).isGreaterThan(Tokens.NOW.toEpochMilli());
                assertThat(good.caller()).isNotNull();
            }
            case TokenResult.Refused bad -> assertThat(bad.detail()).isNotBlank();
            case TokenResult.UnknownKey unknown -> assertThat(unknown.detail()).isNotBlank();
        }
    }
}
