package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.Fields;
import java.net.InetSocketAddress;

/** Whatever a certificate says, it stays in its quotes and is one header. */
class XfccFuzzTest {
    private static final SpiffeId SELF = SpiffeId.of("cluster.local", "shop", "orders");

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
}
