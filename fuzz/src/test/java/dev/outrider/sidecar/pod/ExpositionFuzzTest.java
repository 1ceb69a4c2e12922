package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any page an app may tell: it is refused, or the merged page has what it says, once each. */
class ExpositionFuzzTest {
    private static final String OWN = "# TYPE jvm_x gauge\njvm_x{a=\"b\"} 1\n";

    static List<byte[]> seeds() {
        return Stream.of(
                        "# HELP a b\n# TYPE a counter\na{b=\"c\\\"\"} 1 2\n",
                        "jvm_x 1\nistio_a 2\noutrider_b 3",
                        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 # {t=\"x\"} 1 1.5\na_sum 1\n# EOF\n",
                        "# UNIT a_seconds seconds\na_seconds NaN\n# EOF")
                .map(each -> each.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("seeds")
    @FuzzTest
    void page(byte[] bytes) {
        for (boolean open : List.of(true, false)) {
            try {
                Exposition app = Exposition.parse(bytes, open);
                Exposition own = Exposition.parse(OWN.getBytes(StandardCharsets.US_ASCII), open);
                MergedPage.Page page = MergedPage.of(own, app, open);
                Set<String> names = new TreeSet<>(app.families().keySet());
                names.removeIf(each -> each.startsWith("istio_") || each.startsWith("outrider_"));
                names.add(names.contains("jvm_x") ? "outrider_jvm_x" : "jvm_x");
                assertThat(again(page.text(), open).families().keySet())
                        .containsExactlyInAnyOrderElementsOf(names);
            } catch (MalformedMetricsException e) {
                assertThat(e).hasMessageMatching("(?s)(line|byte) [0-9].*");
            }
        }
    }

    private static Exposition again(byte[] text, boolean open) {
        try {
            return Exposition.parse(text, open);
        } catch (MalformedMetricsException e) {
            throw new AssertionError(new String(text, StandardCharsets.UTF_8), e);
        }
    }
}
