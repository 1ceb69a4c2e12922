package dev.outrider.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.PathRules.Parameters;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The corpus of odd paths under the rules that mend some of them. */
final class PathRulesTest {
    private static final PathRules LENIENT = new PathRules(true, true, true, Parameters.KEEP, true);
    private static final PathRules DROPPING =
            new PathRules(true, true, false, Parameters.DROP, false);

    @ParameterizedTest
    @CsvSource({
        "/,/",
        "//,/",
        "///a////b//,/a/b/",
        "/a/./b,/a/b",
        "/a/.,/a/",
        "/a/..,/",
        "/a/b/..,/a/",
        "/a/../admin,/admin",
        "/a/%2e%2e/admin,/admin",
        "/a/.%2E/./admin,/admin",
        "/a//../b,/b",
        "/a%2fb,/a%2Fb",
        "/a/b;c=d/e,/a/b;c=d/e",
        "/a%3bb,/a%3Bb",
        "/%252e,/%252e",
    })
    void mendsWhatItMay(String path, String mended) {
        assertThat(SafePath.normalise(path, LENIENT)).isEqualTo(mended);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/../admin",
                "/a/../../admin",
                "/a/..;/admin",
                "/a/..;x=1/admin",
                "/;/admin",
                "/a/;x/admin",
                "/..%2fadmin",
                "/a%2f..%2fadmin",
                "/a%2f%2e%2e%2fadmin",
                "/%2fadmin",
                "/a%2f/b",
                "/a%2f%2fb",
                "/a%5cb",
                "/a\\..\\admin",
                "/admin%00",
                "/%c0%ae%c0%ae/admin",
                "/%c0%af",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a#b",
                "/a%23b",
                "/a%3fb",
                "a",
                "",
            })
    void refusesTheRestWhateverTheRules(String path) {
        assertThat(SafePath.normalise(path, LENIENT)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/a;x=1/b;y,/a/b",
        "/a/..;x/b,/b",
        "/;x/a,/a",
        "/a/;x,/a/",
    })
    void dropsParametersBeforeItLooksForDots(String path, String mended) {
        assertThat(SafePath.normalise(path, DROPPING)).isEqualTo(mended);
    }

    /** Else a reader behind this one, which normalises again, would read another path. */
    @Test
    void whatComesOutIsNormal() {
        long seed = 20261128;
        Random random = new Random(seed);
        String[] parts = {
            "/", "a", ".", "..", "%2e", "%2F", "%5c", ";", "%3b", "%25", "2e", "%00", "%c3%a9",
            "%c0%af", "b", "%"
        };
        int mended = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int n = random.nextInt(8); n >= 0; n--) {
                path.append(parts[random.nextInt(parts.length)]);
            }
            for (PathRules rules : new PathRules[] {LENIENT, DROPPING, PathRules.STRICT}) {
                String normal = SafePath.normalise(path.toString(), rules);
                if (normal != null) {
                    mended++;
                    assertThat(SafePath.normalise(normal, rules))
                            .as("seed %d: %s", seed, path)
                            .isEqualTo(normal);
                    assertThat(normal).as("%s", path).doesNotContain("//", "/../", "/./", "\\");
                }
            }
        }
        assertThat(mended).isPositive();
    }
}
