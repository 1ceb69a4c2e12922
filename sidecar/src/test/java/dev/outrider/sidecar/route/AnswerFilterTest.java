package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnswerFilterTest {
    private static Map<String, Object> route(Map<String, Object> answer) {
        return Map.of(
                "name",
                "r",
                "answer",
                answer,
                "responseHeaders",
                Map.of("set", Map.of("X-Route", "${route}")));
    }

    @Test
    void answersWithTextAndFields() {
        RouteRig rig = new RouteRig(route(Map.of("status", 503, "body", "back at 9\u20ac")));
        for (int i = 0; i < 2; i++) {
            Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/"));
            assertThat(rig.request(exchange))
                    .isInstanceOfSatisfying(
                            Verdict.Answer.class,
                            it -> {
                                rig.response(exchange, it.head());
                                assertThat(it.head().status()).isEqualTo(503);
                                assertThat(it.head().headers().toString())
                                        .isEqualTo(
                                                """
                                                Content-Type: text/plain; charset=utf-8
                                                Content-Length: 12
                                                X-Route: r
                                                """);
                                assertThat(new String(it.body(), StandardCharsets.UTF_8))
                                        .isEqualTo("back at 9\u20ac");
                            });
        }
    }

    @Test
    void answersWithAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("page.html"), "<p>hello");
        RouteRig rig = new RouteRig(route(Map.of("file", file, "contentType", "text/html")));
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/"));
        assertThat(rig.request(exchange))
                .isInstanceOfSatisfying(
                        Verdict.Answer.class,
                        it ->
                                assertThat(it.body())
                                        .isEqualTo("<p>hello".getBytes(StandardCharsets.UTF_8)));
        Files.write(file, new byte[1024 * 1024 + 1]);
        assertThatThrownBy(() -> new RouteRig(route(Map.of("file", file))))
                .hasMessageContaining("larger than 1 MiB");
        Files.delete(file);
        assertThatThrownBy(() -> new RouteRig(route(Map.of("file", file))))
                .hasMessageContaining("cannot be read");
    }

    @Test
    void anAnswerWithoutBodyHasNone() {
        RouteRig rig = new RouteRig(Map.of("name", "r", "answer", Map.of("status", 204)));
        assertThat(rig.answered(Heads.exchange(Heads.head("GET", "h", "/"))).headers().size())
                .isZero();
        assertThatThrownBy(() -> RouteRig.read(route(Map.of("status", 204, "body", "x"))))
                .hasMessageContaining("no body");
    }

    @Test
    void aRouteEndsInOneWay() {
        assertThatThrownBy(() -> RouteRig.read(Map.of("name", "r")))
                .hasMessageContaining("exactly one");
        assertThatThrownBy(() ->
                        RouteRig.read(Map.of("name", "r", "answer", Map.of(), "service", "s")))
                .hasMessageContaining("exactly one");
        assertThatThrownBy(() ->
                        RouteRig.read(
                                Map.of(
                                        "name", "r",
                                        "answer", Map.of(),
                                        "rewrite", Map.of("host", "h"))))
                .hasMessageContaining("rewrite");
    }
}
