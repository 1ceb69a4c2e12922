package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends: an app sees what was meant, byte for byte, or it sees nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class RequestCorpusIT {
    private CorpusRig rig;

    static Stream<CorpusCase> requests() {
        return CorpusCase.of(
                "http1/framing.txt",
                "http1/fields.txt",
                "http1/request-line.txt",
                "http1/hosts.txt",
                "http1/sizes.txt",
                "http1/chunks.txt",
                "http1/hops.txt",
                "http1/pipelines.txt");
    }

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        rig = new CorpusRig(folder);
    }

    @AfterAll
    void stop() throws IOException {
        rig.close();
    }

    @BeforeEach
    void forget() {
        rig.upstream.forget();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void fromTheApp(CorpusCase each) throws IOException {
        try (CorpusClient client = new CorpusClient(rig.port("outbound"))) {
            client.send(each.bytes());
            judge(each, client, "outbound");
        }
    }

    /** A parser that keeps its place may lose it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void fromTheAppInTwoPieces(CorpusCase each) throws IOException {
        try (CorpusClient client = new CorpusClient(rig.port("outbound"))) {
            client.sendInTwo(each.bytes());
            judge(each, client, "outbound");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void fromTheMesh(CorpusCase each) throws IOException {
        try (CorpusClient client = new CorpusClient(rig.port("inbound"))) {
            client.send(each.bytes());
            judge(each, client, "inbound");
        }
    }

    private void judge(CorpusCase each, CorpusClient client, String listener) throws IOException {
        if (each.has("refused")) {
            refused(each.get("refused"), client);
            fence(listener);
            assertThat(rig.upstream.messages).isEmpty();
            assertThat(rig.upstream.bytes).hasValue(0);
        } else if (each.has("cut")) {
            refused(each.get("cut"), client);
            fence(listener);
            assertThat(rig.upstream.messages).isEmpty();
        } else {
            for (String status : each.get("forwarded").words()) {
                assertThat(client.answer()).startsWith("HTTP/1.1 " + status + " ");
            }
            if (each.has("then")) {
                refused(each.get("then"), client);
            } else if (each.has("closed")) {
                assertThat(client.rest()).isEmpty();
            } else {
                client.send(CorpusClient.FENCE);
                assertThat(client.answer()).endsWith("fence");
            }
            fence(listener);
            assertThat(String.join("", rig.upstream.messages))
                    .isEqualTo(each.get("forwarded").text());
        }
    }

    private static void refused(CorpusCase.Verdict verdict, CorpusClient client)
            throws IOException {
        String answer = client.answer();
        assertThat(answer).startsWith("HTTP/1.1 " + verdict.word(0) + " ");
        assertThat(answer).contains("\"reason\":\"" + verdict.word(1) + '"');
        assertThat(answer).containsIgnoringCase("\r\nConnection: close\r\n");
        assertThat(client.rest()).isEmpty();
    }

    /** What was on its way to the app before this has arrived when this is answered. */
    private void fence(String listener) throws IOException {
        try (CorpusClient client = new CorpusClient(rig.port(listener))) {
            client.send(CorpusClient.FENCE);
            assertThat(client.answer()).endsWith("fence");
        }
    }
}
