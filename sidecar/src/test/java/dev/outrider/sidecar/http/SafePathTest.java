package dev.outrider.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SafePathTest {
    @ParameterizedTest
    @CsvSource({
        "/,/",
        "*,*",
        "/orders,/orders",
        "/orders/,/orders/",
        "/a.b/..c/.d/e..,/a.b/..c/.d/e..",
        "/%61dmin,/admin",
        "/%41%7e%5f,/A~_",
        "/a%20b,/a%20b",
        "/100%25,/100%25",
        "/100%25x,/100%25x",
        "/caf%c3%a9,/caf%C3%A9",
        "/%e2%82%ac/x,/%E2%82%AC/x",
        "/a:b@c!$&'()*+,/a:b@c!$&'()*+",
        "/a%3ab%40c,/a:b@c",
    })
    void readsWhatHasOneMeaningInOneForm(String path, String normal) {
        assertThat(SafePath.normalise(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "**",
                "//admin",
                "/a//b",
                "/a//",
                "/./admin",
                "/a/.",
                "/a/..",
                "/a/../admin",
                "/..",
                "/.",
                "/%2e/admin",
                "/%2E%2e/admin",
                "/.%2e/admin",
                "/%25%32%65%25%32%65/admin",
                "/%252%65",
                "/%25%34%31dmin",
                "/a%2fb",
                "/a%2Fb",
                "/a%5cb",
                "/a\\b",
                "/admin;x=1",
                "/admin%3bx",
                "/;/admin",
                "/admin%00",
                "/admin%0a",
                "/admin%7f",
                "/admin%3fx",
                "/admin%23x",
                "/admin#x",
                "/admin%",
                "/admin%2",
                "/admin%zz",
                "/admin%-1",
                "/%252e%252e/admin",
                "/a%252fb",
                "/%2525",
                "/%c0%ae%c0%ae/admin",
                "/%c0%af",
                "/%e0%80%af",
                "/%f8%80%80%80%af",
                "/%c3",
                "/%c3xa9",
                "/%ff",
                "/caf\u00e9",
                "/a b",
                "/a\tb",
            })
    void refusesWhatTwoReadersCouldReadDifferently(String path) {
        assertThat(SafePath.normalise(path)).isNull();
    }

    @Test
    void givesTheSameObjectBackWhenNothingIsEncoded() {
        String path = new String("/orders/42");
        assertThat(SafePath.normalise(path)).isSameAs(path);
    }
}
