package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.Fields;
import java.net.InetSocketAddress;
import java.util.Base64;

/** What callers say of themselves, before anything of it is believed. */
class TokenFuzzTest {
    private static final SpiffeId SELF = SpiffeId.of("cluster.local", "shop", "orders");

    /** Only the one spelling of each token passes. */
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

    /** An object, or a refusal. */
    @FuzzTest
    void json(byte @NotNull [] bytes) {
        StrictJson json = new StrictJson();
        try {
            assertThat(json.object(bytes)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }

    /** Whatever a certificate says, it stays in its quotes and is one header. */
    @FuzzTest
    void forwardedCertificate(@NotNull String subject) {
        Peer peer = new Peer(new InetSocketAddress("127.0.0.1", 1), true, SELF, "00", subject);
        String element = Xfcc.element(SELF, peer, SELF);
        assertThat(element.chars().allMatch(Fields::isFieldValue)).isTrue();
        StringBuilder outside = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < element.length(); i++) {
            char c = element.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted) {
                outside.append(c);
            }
        }
        assertThat(quoted).isFalse();
        assertThat(outside.toString())
                .isIn(
                        "By=" + SELF + ";Hash=00;Subject=;URI=" + SELF,
                        "By=" + SELF + ";Hash=00;URI=" + SELF);
    }

    /** A path that passed for safe is the same to every reader, also when read again. */
    @FuzzTest
    void path(@NotNull String path) {
        String safe = SafePath.normalise(path);
        if (safe != null) {
            assertThat(safe).startsWith("/").doesNotContain("/../", "/./", "//", "\0");
        }
    }
}
