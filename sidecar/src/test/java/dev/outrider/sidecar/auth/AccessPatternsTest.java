package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outrider.certs.SpiffeId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessPatternsTest {
    @ParameterizedTest
    @CsvSource({
        "/x,/x,true",
        "/x,/x/,true",
        "/x/,/x,true",
        "/x,/x/y,false",
        "/x,/xy,false",
        "/x,/,false",
        "/x/*,/x,true",
        "/x/*,/x/,true",
        "/x/*,/x/y/z,true",
        "/x/*,/xy,false",
        "/*,/,true",
        "/*,/any/thing,true",
        "/*,*,false",
        "/,/,true",
        "/,/x,false",
        "/%61,/a,true",
    })
    void pathsMatchExactlyOrBelow(String pattern, String path, boolean matches) {
        assertThat(PathPattern.parse(pattern).matches(path)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "*", "/x*", "/*/x", "/x/../y", "/x;y", "/x%2f"})
    void pathPatternsThatCouldSurpriseAreRefused(String pattern) {
        assertThatIllegalArgumentException().isThrownBy(() -> PathPattern.parse(pattern));
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://cluster.local/ns/shop/sa/web,true",
        "spiffe://cluster.local/ns/shop/sa/we,false",
        "spiffe://cluster.local/ns/shop/sa/webs,false",
        "spiffe://cluster.local/ns/shop/sa,false",
        "spiffe://cluster.local/ns/shop/sa/web/x,false",
        "spiffe://other.local/ns/shop/sa/web,false",
        "spiffe://cluster.local/ns/shop/*,true",
        "spiffe://cluster.local/ns/sho/*,false",
        "spiffe://cluster.local/ns/shop/sa/*,true",
        "spiffe://cluster.local/ns/shop/sa/web/*,false",
        "spiffe://cluster.local/*,true",
        "spiffe://cluster.local/ns/*/sa/web,true",
        "spiffe://cluster.local/ns/*/sa/api,false",
        "spiffe://cluster.local/*/sa/web,false",
        "*,true",
    })
    void identitiesMatchBySegments(String pattern, boolean matches) {
        SpiffeId web = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/web");
        assertThat(IdentityPattern.parse(pattern).matches(web)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web",
                "spiffe://cluster.local",
                "spiffe://*/ns/shop",
                "spiffe://cluster.local/ns/sh*",
                "spiffe://cluster.local/ns/**",
                "spiffe://cluster.local/",
            })
    void identityPatternsThatCouldSurpriseAreRefused(String pattern) {
        assertThatIllegalArgumentException().isThrownBy(() -> IdentityPattern.parse(pattern));
    }
}
