package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
    private static Exposition parse(String text, boolean open) throws MalformedMetricsException {
        return Exposition.parse(text.getBytes(StandardCharsets.UTF_8), open);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a 1",
                "a 1\n",
                "a{} 1\n",
                "a{b=\"c\"} 1 1234567890123\n",
                "a{b=\"c\",} NaN\n",
                "a { b = \"c\" , d=\"e\" }\t+Inf -5 \n",
                "a{b=\"\\\\ \\\" \\n } ü\"} -1.5e-7\n",
                "a:b_C9{_x=\"\"} .5\n",
                "a 1.\n",
                "\n\n  \n# a comment\n#\n# HELP a what it is\n# TYPE a gauge\na 1\n",
                "#TYPE a counter\na 1\n",
                "# HELP a\na 1\n"
            })
    void takesWhatPrometheusTakes(String text) throws Exception {
        assertThat(parse(text, false).families()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\n",
                "a \n",
                "a x\n",
                "a 1 x\n",
                "a 1 1.5\n",
                "a 1 1 1\n",
                "a 1 # {x=\"y\"} 1\n",
                "9a 1\n",
                "a-b 1\n",
                "{a=\"b\"} 1\n",
                "a{b=c} 1\n",
                "a{b=\"c\" 1\n",
                "a{b=\"c} 1\n",
                "a{b=\"c\\\n",
                "a{b} 1\n",
                "a{\"b.c\"=\"d\"} 1\n",
                "a{b:c=\"d\"} 1\n",
                "a{b=\"c\"}1x\n",
                "a 1\r\n",
                "<html>\n",
                "{\"json\": 1}\n",
                "# TYPE a thing\n",
                "# TYPE a\n",
                "# HELP\n",
                "# TYPE \"a.b\" gauge\n",
                "a{b=\"\u0000\"} 1 1 1\n"
            })
    void refusesWhatAScraperWould(String text) {
        assertThatThrownBy(() -> parse("ok 1\n" + text, false))
                .isInstanceOf(MalformedMetricsException.class)
                .hasMessageStartingWith("line 2: ");
    }

    @Test
    void refusesWhatIsNotUtf8() {
        byte[] text = {'a', '{', 'b', '=', '"', (byte) 0xff, '"', '}', ' ', '1', '\n'};
        assertThatThrownBy(() -> Exposition.parse(text, false)).hasMessage("byte 5 is not UTF-8");
    }

    @Test
    void readsOpenMetrics() throws Exception {
        String text =
                """
                # HELP a_seconds what
                # TYPE a_seconds histogram
                # UNIT a_seconds seconds
                a_seconds_bucket{le="+Inf"} 3 # {trace_id="x"} 0.5 1.5
                a_seconds_count 3 1.5
                # TYPE b info
                b_info{v="1"} 1
                # EOF
                """;
        assertThat(parse(text, true).families()).containsOnlyKeys("a_seconds", "b");
        assertThatThrownBy(() -> parse(text + "c 1\n", true))
                .hasMessage("line 9: something stands after # EOF");
        assertThatThrownBy(() -> parse(text, false)).hasMessageContaining("line 4");
    }

    @Test
    void valuesBelongToTheFamilyAboveThem() throws Exception {
        String text =
                """
                # TYPE a histogram
                a_bucket{le="1"} 1
                a_sum 1
                a_count 1
                a_max 1
                b_total 1
                a_sum{x="y"} 2
                """;
        assertThat(parse(text, false).families())
                .containsOnlyKeys("a", "a_max", "b_total", "a_sum");
    }

    @Test
    void tooManyFamiliesAreRefused() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= 20_000; i++) {
            text.append('a').append(i).append(" 1\n");
        }
        assertThatThrownBy(() -> parse(text.toString(), false))
                .hasMessage("line 20001: more than 20000 families");
    }

    private static String merged(String own, String app, boolean open) throws Exception {
        MergedPage.Page page = MergedPage.of(parse(own, open), parse(app, open), open);
        return new String(page.text(), StandardCharsets.UTF_8) + "left out: " + page.leftOut();
    }

    @Test
    void aNameThatBothHaveIsTheApps() throws Exception {
        String own =
                """
                # HELP jvm_x of the sidecar
                # TYPE jvm_x gauge
                jvm_x{a="b"} 1
                jvm_x 2
                # TYPE istio_requests_total counter
                istio_requests_total 5
                # TYPE up_x gauge
                up_x 1
                """;
        String app =
                """
                # HELP jvm_x of the app
                # TYPE jvm_x gauge
                jvm_x{a="b"} 7
                # a comment
                istio_requests_total 99
                outrider_ready 1
                jvm_x 8
                last 1\
                """;
        assertThat(merged(own, app, false))
                .isEqualTo(
                        """
                        # HELP outrider_jvm_x of the sidecar
                        # TYPE outrider_jvm_x gauge
                        outrider_jvm_x{a="b"} 1
                        outrider_jvm_x 2
                        # TYPE istio_requests_total counter
                        istio_requests_total 5
                        # TYPE up_x gauge
                        up_x 1
                        # HELP jvm_x of the app
                        # TYPE jvm_x gauge
                        jvm_x{a="b"} 7
                        jvm_x 8
                        last 1
                        left out: 2\
                        """);
    }

    @Test
    void openMetricsEndsOnce() throws Exception {
        assertThat(merged("a 1\n# EOF\n", "b 1\n# EOF", true))
                .isEqualTo("a 1\nb 1\n# EOF\nleft out: 0");
    }

    /** Whatever an app says: it is refused, or the page made of it can be read again. */
    @Test
    void noPageMakesAMergedOneUnreadable() throws Exception {
        Random random = new Random(20261128);
        String letters = "ab_{}=\"\\ ,#\n1.e\tTYPE HELP gauge";
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(24); n > 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                Exposition app = parse(text.toString(), false);
                MergedPage.Page page = MergedPage.of(parse("a 1\n", false), app, false);
                assertThat(Exposition.parse(page.text(), false).families()).isNotEmpty();
                taken++;
            } catch (MalformedMetricsException e) {
                assertThat(e).hasMessageStartingWith("line ");
            }
        }
        assertThat(taken).isPositive();
    }
}
