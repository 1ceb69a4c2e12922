package dev.outrider.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;

/** A path that passed for safe is the same to every reader, also when read again. */
class SafePathFuzzTest {
    @FuzzTest
    void path(@NotNull String path) {
        String safe = SafePath.normalise(path);
        if (safe != null && !safe.equals("*")) {
            assertThat(safe).startsWith("/").doesNotContain("/../", "/./", "//", "\0", "\\", ";");
            assertThat(SafePath.normalise(safe)).isEqualTo(safe);
        }
    }
}
