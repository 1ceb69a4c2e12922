package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import java.net.InetSocketAddress;
import java.util.List;

/** Whatever a certificate says, it stays in its quotes and is one header. */
class XfccFuzzTest {
    private static final SpiffeId SELF = SpiffeId.of("cluster.local", "shop", "orders");

    @FuzzTest
    void forwardedCertificate(@NotNull String subject) {
        Peer peer = new Peer(new InetSocketAddress("127.0.0.1", 1), true, SELF, "00", subject);
        String element = Xfcc.element(SELF, peer);
        assertThat(outsideQuotes(element))
                .isIn(
                        "By=" + SELF + ";Hash=00;Subject=;URI=" + SELF,
                        "By=" + SELF + ";Hash=00;URI=" + SELF);
    }

    @FuzzTest
    void forwardedNames(@NotNull String uri, @NotNull String dnsName) {
        Peer peer =
                new Peer(
                        new InetSocketAddress("127.0.0.1", 1),
                        true,
                        null,
                        "00",
                        "",
                        List.of(uri),
                        List.of(dnsName));
        String element = Xfcc.element(null, peer);
        String outside = outsideQuotes(element);
        assertThat(element.length()).isLessThanOrEqualTo(2048);
        assertThat(outside).startsWith("Hash=00;Subject=").doesNotContain(",");
        assertThat(outside.split(";", -1).length).isLessThanOrEqualTo(4);
        assertThat(outside.split(";URI=", -1).length).isLessThanOrEqualTo(2);
        assertThat(outside.split(";DNS=", -1).length).isLessThanOrEqualTo(2);
    }

    /** What is handed on leaves no quotes open, so what stands behind it is an element. */
    @FuzzTest
    void handedOn(@NotNull String value) {
        Headers headers = new Headers();
        if (value.chars().allMatch(Fields::isFieldValue)) {
            headers.add(Xfcc.NAME, value);
            String said = Xfcc.said(headers);
            assertThat(said == null || outsideQuotes(said + ",By=x").endsWith(",By=x")).isTrue();
        }
    }

    private static String outsideQuotes(String element) {
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
        return outside.toString();
    }
}
