package dev.outrider.injector.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.Json;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SpliceTest {
    @Test
    void aCommentBelongsToWhatStandsBelowItOrWhoseIndentItHas() throws Exception {
        changes(
                """
                list:
                - a # a
                # still the list? no: what follows
                next: 1
                """,
                "{\"list\":[\"b\",\"a\",\"c\"],\"next\":1}",
                """
                list:
                - b
                - a # a
                - c
                # still the list? no: what follows
                next: 1
                """);
        changes(
                """
                one:
                  # of two
                  two: 2

                  # the last of one
                # of three
                three: 3
                """,
                "{\"one\":{\"zero\":0,\"two\":2,\"more\":{\"x\":[]}},\"three\":3}",
                """
                one:
                  zero: 0
                  # of two
                  two: 2

                  # the last of one
                  more:
                    x: []
                # of three
                three: 3
                """);
    }

    @Test
    void whatIsTakenOutLeavesItsComments() throws Exception {
        changes(
                """
                keep: 1
                probe: # the probe
                  # by TCP
                  tcp: 1 # port
                  # and slowly
                  period: 5
                """,
                "{\"keep\":1,\"probe\":{\"http\":2,\"period\":5}}",
                """
                keep: 1
                probe: # the probe
                  # by TCP
                  # port
                  http: 2
                  # and slowly
                  period: 5
                """);
        changes("- a: 1\n  b: 2 # b\n  c: 3\n", "[{\"c\":3}]", "- # b\n  c: 3\n");
    }

    @Test
    void nothingAndEmptinessAreFilled() throws Exception {
        changes(
                "a: # nothing\nb: {} # empty\nc: ~ # null\nd: [ ]\n",
                "{\"a\":{\"x\":1},\"b\":{\"x\":1},\"c\":[1],\"d\":[{\"x\":1,\"y\":2}]}",
                "a: # nothing\n  x: 1\nb: # empty\n  x: 1\nc: # null\n- 1\nd:\n- x: 1\n  \"y\": 2\n");
        changes("a:\nb: 'x'\n", "{\"a\":\"yes\",\"b\":\"it's\"}", "a: \"yes\"\nb: 'it''s'\n");
        changes("a: {x: 1}", "{\"a\":{}}", "a: {}");
        changes("a:\n  x: 1 # x\nb: 2", "{\"a\":{},\"b\":2}", "# x\na: {}\nb: 2");
    }

    @Test
    void theLastLineNeedsNoEnd() throws Exception {
        changes("a:\r\n- 1", "{\"a\":[1,2],\"b\":3}", "a:\r\n- 1\r\n- 2\r\nb: 3");
        changes("a: 1\nb: 2\nc: 3", "{\"a\":1}", "a: 1");
    }

    @Test
    void textsInBlocksKeepTheirEnds() throws Exception {
        changes(
                "a: |+\n  # text\n\n\nb: >-\n  folded\n\n# c\n",
                "{\"a\":\"# text\\n\\n\\n\",\"z\":1,\"b\":\"folded\"}",
                "a: |+\n  # text\n\n\nz: 1\nb: >-\n  folded\n\n# c\n");
        changes("a: | # header\n  text\nb: 1\n", "{\"a\":7,\"b\":1}", "a: 7\nb: 1\n");
    }

    @Test
    void bracketsAreFilledAndEmptied() throws Exception {
        changes("a: [1, 2]\n", "{\"a\":[0,1,2,3]}", "a: [0, 1, 2, 3]\n");
        changes("a: [0, 1, 2, 3,]\n", "{\"a\":[1]}", "a: [1,]\n");
        changes("{a: 1, b: 2, c: 3}\n", "{\"c\":3}", "{c: 3}\n");
        changes("{a: 1, b: 2, c: 3}\n", "{\"a\":1}", "{a: 1}\n");
        changes("{\"a\":[]}", "{\"a\":[{\"b\":1},2]}", "{\"a\":[{\"b\":1},2]}");
        changes(
                "{\"a\":{\"b\":1}}",
                "{\"a\":{\"b\":\"x\",\"c\":2}}",
                "{\"a\":{\"b\":\"x\",\"c\":2}}");
        changes(
                "{\n\t\"a\": [\n\t\t1\n\t]\n}\n",
                "{\"a\":[1,{\"b\":2}]}",
                "{\n\t\"a\": [\n\t\t1,\n\t\t{\n   \"b\": 2\n  }\n\t]\n}\n");
    }

    @Test
    void anAliasOfWhatHasChangedIsWrittenOut() throws Exception {
        changes(
                "a: &x {p: 1}\nb: *x # same\nc: *x\n",
                "{\"a\":{\"p\":2},\"b\":{\"p\":2},\"c\":{\"p\":1}}",
                "a: &x {p: 2}\nb: *x # same\nc:\n  p: 1\n");
        changes("a: &x 1\nb: *x\nc: *x\n", "{\"a\":2,\"b\":1,\"c\":2}", "a: &x 2\nb: 1\nc: *x\n");
        changes("a: &x [1]\nb: [*x, 2]\n", "{\"b\":[[1],2]}", "b: [[1], 2]\n");
    }

    @Test
    void whatIsTakenInByAMergeKeyIsOverruledNotRepeated() throws Exception {
        String merged = "a: &x\n  p: 1\n  q: 2\nb:\n  <<: *x\n  r: 3\n";
        changes(
                merged,
                "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":5,\"r\":3}}",
                merged.replace("  <<", "  q: 5\n  <<"));
        assertThatThrownBy(
                        () -> changed(merged, "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"r\":3}}"))
                .isInstanceOf(BadText.class)
                .hasMessage(
                        "'q' comes from << here and would have to go; write the entries out"
                                + " instead of <<");
    }

    @Test
    void tabsBetweenAValueAndWhatIsAroundItAreHarmless() throws Exception {
        changes(
                "a:\t1\t# one\nb: 'x\ty'\n",
                "{\"a\":2,\"b\":\"x\\ty\"}",
                "a:\t2\t# one\nb: 'x\ty'\n");
    }

    @Test
    void marksOfDocumentsStay() throws Exception {
        changes(
                "\uFEFF%YAML 1.1\n--- # c\na: 1\n...\n",
                "{\"a\":2}", "\uFEFF%YAML 1.1\n--- # c\na: 2\n...\n");
        changes("--- {a: 1}\n---\nb: 2\n", "{\"a\":2}", "--- {a: 2}\n---\nb: 2\n");
        changes("a: 😀 # 😀\nb: 1\n", "{\"a\":\"😀\",\"b\":2}", "a: 😀 # 😀\nb: 2\n");
        changes("? a\n: 1\n? b\n: x\n", "{\"a\":2,\"b\":\"x\"}", "? a\n: 2\n? b\n: x\n");
        changes("a: !!str 1\nb: &x !!int \"2\"\n", "{\"a\":\"x\",\"b\":3}", "a: x\nb: &x 3\n");
    }

    @Test
    void scalarsMeanWhatTheyMeanToKubernetes() throws Exception {
        assertThat(
                        SplicePropertyTest.meaning(
                                "[yes, Off, 0644, 0x1F, 0o17, 1_000, .5, 1e3, ~, 2001-01-01, 1:20, 10m, '1', -0b11]"))
                .isEqualTo(
                        Arrays.asList(
                                true,
                                false,
                                420,
                                31,
                                15,
                                1000,
                                0.5,
                                1000.0,
                                null,
                                "2001-01-01",
                                "1:20",
                                "10m",
                                "1",
                                -3));
    }

    private static void changes(String before, String wanted, String after) throws Exception {
        assertThat(changed(before, wanted)).isEqualTo(after);
    }

    private static String changed(String before, String wanted) throws BadText {
        Manifest manifest = Manifest.of(before);
        Node root = Objects.requireNonNull(manifest.documents().getFirst().root());
        Object value = Json.object("{\"value\":" + wanted + "}").get("value");
        Edits edits = new Edits();
        Splice.lead(manifest, root, value, edits);
        String text = edits.apply(before);
        Manifest changed = Manifest.of(text);
        Node now = Objects.requireNonNull(changed.documents().getFirst().root());
        assertThat(Values.same(Values.of(now), value)).as(text).isTrue();
        return text;
    }
}
