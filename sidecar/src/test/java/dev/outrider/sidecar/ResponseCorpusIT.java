package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an app answers: the client sees what was meant, an error, or an end; never another's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class ResponseCorpusIT {
    private CorpusRig rig;

    static Stream<CorpusCase> responses() {
        return CorpusCase.of("http1-responses/framing.txt", "http1-responses/heads.txt");
    }

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        rig = new CorpusRig(folder);
    }

    @AfterAll
    void stop() throws IOException {
        rig.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void toTheApp(CorpusCase each) throws IOException {
        judge(each, "outbound");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void toTheMesh(CorpusCase each) throws IOException {
        judge(each, "inbound");
    }

    private void judge(CorpusCase each, String listener) throws IOException {
        rig.upstream.answer(each.bytes(), each.has("hangup"));
        try (CorpusClient client = new CorpusClient(rig.port(listener))) {
            client.send(
                    each.has("request")
                            ? each.get("request").bytes()
                            : "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            if (each.has("cut")) {
                // A reset may take along what was on its way.
                assertThat(each.get("cut").text()).startsWith(shown(client.rest()));
            } else if (each.has("refused")) {
                String answer = client.answer();
                while (answer.startsWith("HTTP/1.1 103 ")) {
                    answer = client.answer();
                }
                assertThat(answer)
                        .startsWith("HTTP/1.1 " + each.get("refused").word(0) + " ")
                        .contains("\"reason\":\"" + each.get("refused").word(1) + '"');
                stillServes(client);
            } else if (each.has("closed")) {
                assertThat(shown(client.rest())).isEqualTo(each.get("delivered").text());
            } else {
                client.send(CorpusClient.FENCE);
                String expected = each.get("delivered").text() + CorpusUpstream.FENCE;
                assertThat(shown(client.bytes(expected.length()))).isEqualTo(expected);
            }
        }
        try (CorpusClient another = new CorpusClient(rig.port(listener))) {
            stillServes(another);
        }
    }

    private static void stillServes(CorpusClient client) throws IOException {
        client.send(CorpusClient.FENCE);
        assertThat(shown(client.bytes(CorpusUpstream.FENCE.length())))
                .isEqualTo(CorpusUpstream.FENCE);
    }

    private static String shown(String bytes) {
        return CorpusUpstream.withoutOwnFields(bytes);
    }
}
