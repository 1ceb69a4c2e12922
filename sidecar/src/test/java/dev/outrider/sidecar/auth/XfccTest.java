package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Requests.ORDERS;
import static dev.outrider.sidecar.auth.Requests.WEB;
import static dev.outrider.sidecar.auth.Requests.plain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Peer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class XfccTest {
    private static Peer outside(String subject, List<String> uris, List<String> dnsNames) {
        return new Peer(plain().address(), true, null, "ab", subject, uris, dnsNames);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CN=a,O=b;c|CN=a,O=b;c",
                "CN=a\"b|CN=a\\\"b",
                "CN=a\\\"b|CN=a\\\"b",
                "CN=a\\\\|CN=a\\\\",
                "CN=a\\|CN=a\\\\",
                "CN=é|CN=\\C3\\A9",
            })
    void noSubjectCanLeaveItsQuotes(String subject, String quoted) {
        Peer peer = new Peer(plain().address(), true, WEB, null, subject);
        assertThat(Xfcc.element(ORDERS, peer))
                .isEqualTo("By=" + ORDERS + ";Subject=\"" + quoted + "\";URI=" + WEB);
    }

    @Test
    void controlCharactersOfASubjectAreEscaped() {
        Peer peer = new Peer(plain().address(), true, WEB, null, "CN=a\r\nb");
        assertThat(Xfcc.element(ORDERS, peer)).contains("CN=a\\0D\\0Ab");
    }

    @Test
    void aClientFromOutsideHasAllItsNames() {
        Peer peer =
                outside(
                        "CN=robot",
                        List.of("spiffe://partner.example/robot", "https://a.example/?x=1,2;3"),
                        List.of("a.example", "*.b.example"));
        assertThat(Xfcc.element(WEB, peer))
                .isEqualTo(
                        "By="
                                + WEB
                                + ";Hash=ab;Subject=\"CN=robot\""
                                + ";URI=spiffe://partner.example/robot"
                                + ";URI=\"https://a.example/?x=1,2;3\""
                                + ";DNS=a.example;DNS=*.b.example");
        assertThat(new Xfcc(null).element(peer)).startsWith("Hash=ab;");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a\"b",
                "a\\b",
                "a\r\nx: y",
                "a\0.example",
                "é.example",
                "\u2024",
                "a<b>"
            })
    void aNameThatNoNameCanBeIsLeftOut(String name) {
        assertThat(Xfcc.element(null, outside("CN=a", List.of(name), List.of(name))))
                .isEqualTo("Hash=ab;Subject=\"CN=a\"");
    }

    @Test
    void noDnsNameBringsAFieldOfItsOwn() {
        assertThat(Xfcc.element(null, outside("", List.of(), List.of("a;URI=b", "a,b", "a=b"))))
                .isEqualTo("Hash=ab;Subject=\"\"");
    }

    @Test
    void anElementFitsIntoAHead() {
        List<String> names = Collections.nCopies(32, "a".repeat(253));
        String element = Xfcc.element(WEB, outside("CN=a", names, names));
        assertThat(element).hasSizeBetween(1024, 2048).endsWith("a").contains("CN=a");
        element = Xfcc.element(null, outside("CN=" + "a".repeat(5000), List.of("b:c"), List.of()));
        assertThat(element).isEqualTo("Hash=ab;Subject=\"\";URI=b:c");
    }

    @Test
    void anElementIsMadeOncePerCertificate() {
        Xfcc xfcc = new Xfcc(ORDERS);
        Peer first = Requests.peer(WEB);
        assertThat(xfcc.element(first)).isSameAs(xfcc.element(Requests.peer(WEB)));
    }
}
