package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any Location an app may send: it leads somewhere, or nowhere, and can add nothing to a request.
 */
class HttpTargetFuzzTest {
    static List<byte[]> seeds() {
        return Stream.of(
                        "/b",
                        "c?d=e#f",
                        "//h:1/x",
                        "http://a@[::1]:80/%zz",
                        "https://host",
                        "HTTP://h:/ a\r\nb",
                        "http://h:http:",
                        "http://h:99999999999/")
                .map(each -> each.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("seeds")
    @FuzzTest
    void location(byte[] bytes) {
        String location = new String(bytes, StandardCharsets.ISO_8859_1);
        HttpTarget from =
                HttpTarget.of(HttpProbeConfig.Scheme.HTTP, "10.1.2.3", 8080, "/a[%/" + location);
        HttpTarget to = from.resolved(location);
        for (HttpTarget each : to == null ? List.of(from) : List.of(from, to)) {
            assertThat(each.target()).startsWith("/").matches("[!-~]+");
            assertThat(each.authority()).matches("[!-~]+");
            assertThat(each.resolved("/x")).isNotNull();
        }
    }
}
