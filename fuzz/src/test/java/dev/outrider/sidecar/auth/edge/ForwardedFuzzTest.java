package dev.outrider.sidecar.auth.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.http.Headers;

/** Whatever a client puts before it, what the proxy appended is read as the proxy meant it. */
class ForwardedFuzzTest {
    @FuzzTest
    void appended(@NotNull String before) {
        Headers headers = new Headers();
        try {
            headers.add("forwarded", before + ", for=192.0.2.1;proto=https");
            headers.add("x-forwarded-for", before + ",192.0.2.1");
        } catch (IllegalArgumentException e) {
            return; // no field value
        }
        String pairs = new Elements(headers.fields("forwarded")).previous();
        Hop hop = Hop.ofPairs(pairs == null ? "" : pairs);
        assertThat(String.valueOf(hop.address())).isEqualTo("/192.0.2.1");
        assertThat(hop.proto()).isEqualTo("https");
        Elements addresses = new Elements(headers.fields("x-forwarded-for"));
        String last = addresses.previous();
        assertThat(String.valueOf(Hop.ofAddress(last == null ? "" : last).address()))
                .isEqualTo("/192.0.2.1");
        for (String each = last; each != null; each = addresses.previous()) {
            assertThat(Hop.ofAddress(each)).isNotNull();
            assertThat(Hop.ofPairs(each)).isNotNull();
        }
    }
}
