package dev.outrider.sidecar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One case of a corpus: bytes, and what must come of them; resources/corpus/README.md tells how one
 * is written.
 *
 * @param name what is odd about it, and where it stands
 * @param bytes what is sent
 * @param verdicts the lines that say what must happen, by their first word; each with its own bytes
 */
record CorpusCase(String name, byte[] bytes, Map<String, Verdict> verdicts) {
    /** A line that says what must happen: the words behind its first, and the bytes below it. */
    record Verdict(List<String> words, byte[] bytes) {
        String word(int index) {
            return words.get(index);
        }

        String text() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static final String INDENT = "  ";

    boolean has(String verdict) {
        return verdicts.containsKey(verdict);
    }

    Verdict get(String verdict) {
        return Objects.requireNonNull(verdicts.get(verdict), verdict);
    }

    @Override
    public String toString() {
        return name;
    }

    /** All cases of some files below resources/corpus. */
    static Stream<CorpusCase> of(String... files) {
        return Stream.of(files).flatMap(file -> read(file).stream());
    }

    private static List<CorpusCase> read(String file) {
        try (var in =
                Objects.requireNonNull(
                        CorpusCase.class.getResourceAsStream("/corpus/" + file), file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            List<CorpusCase> cases = new ArrayList<>();
            List<String> block = new ArrayList<>();
            for (String line : (text + "\ncase").lines().toList()) {
                if (line.startsWith("case") && !block.isEmpty()) {
                    cases.add(parse(file, block));
                    block.clear();
                }
                if (!line.isBlank() && !line.startsWith("#")) {
                    block.add(line.stripTrailing());
                }
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CorpusCase parse(String file, List<String> block) {
        String name = file + ": " + block.getFirst().substring("case ".length());
        Map<String, StringBuilder> bytes = new TreeMap<>();
        Map<String, List<String>> words = new TreeMap<>();
        String key = "";
        bytes.put(key, new StringBuilder());
        for (String line : block.subList(1, block.size())) {
            if (line.startsWith(INDENT)) {
                Objects.requireNonNull(bytes.get(key)).append(line.substring(INDENT.length()));
            } else {
                List<String> all = List.of(line.split(" ", -1));
                key = all.getFirst();
                words.put(key, all.subList(1, all.size()));
                if (bytes.put(key, new StringBuilder()) != null) {
                    throw new IllegalArgumentException(name + " says '" + key + "' twice");
                }
            }
        }
        Map<String, Verdict> verdicts = new TreeMap<>();
        words.forEach((word, rest) ->
                verdicts.put(
                        word,
                        new Verdict(
                                rest,
                                WireText.bytes(
                                        Objects.requireNonNull(bytes.get(word)).toString()))));
        return new CorpusCase(
                name, WireText.bytes(Objects.requireNonNull(bytes.get("")).toString()), verdicts);
    }
}
