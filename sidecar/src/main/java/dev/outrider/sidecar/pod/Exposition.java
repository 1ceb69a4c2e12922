package dev.outrider.sidecar.pod;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A page of metrics taken apart into families, whose lines stay where they are: a page may be
 * megabytes, and the proxy is small.
 */
final class Exposition {
    private static final int MOST_FAMILIES = 20_000;
    private static final Set<String> TYPES =
            Set.of("counter", "gauge", "histogram", "summary", "untyped");
    private static final Set<String> OPEN_TYPES =
            Set.of(
                    "counter",
                    "gauge",
                    "histogram",
                    "summary",
                    "unknown",
                    "info",
                    "stateset",
                    "gaugehistogram");
    private static final Set<String> SUFFIXES =
            Set.of("_bucket", "_sum", "_count", "_total", "_created", "_info", "_gcount", "_gsum");

    private final byte[] text;
    private final boolean open;
    private final Map<String, Family> families = new LinkedHashMap<>();
    private final SampleLine sample;
    private @Nullable Family current;
    private boolean ended;

    /** Its lines, as ranges of the text: from, to, from, to. */
    static final class Family {
        private final String name;
        private int[] ranges = new int[2];
        private int size;

        private Family(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        private void add(int from, int to) {
            if (size > 0 && ranges[size - 1] == from) {
                ranges[size - 1] = to;
                return;
            }
            if (size == ranges.length) {
                ranges = Arrays.copyOf(ranges, size * 2);
            }
            ranges[size++] = from;
            ranges[size++] = to;
        }

        /**
         * Gives each range, which begins with a line and ends with one, but for the last {@code
         * LF}.
         */
        void each(RangeUse use) {
            for (int i = 0; i < size; i += 2) {
                use.range(ranges[i], ranges[i + 1]);
            }
        }
    }

    /** What is done with a range of the text. */
    @FunctionalInterface
    interface RangeUse {
        void range(int from, int to);
    }

    private Exposition(byte[] text, boolean open) {
        this.text = text;
        this.open = open;
        this.sample = new SampleLine(text, open);
    }

    /**
     * Takes a page apart, or says with the number of its line what is wrong.
     *
     * @param open whether it is OpenMetrics
     */
    static Exposition parse(byte[] text, boolean open) throws MalformedMetricsException {
        requireUtf8(text);
        Exposition page = new Exposition(text, open);
        int line = 1;
        try {
            for (int from = 0; from < text.length; line++) {
                int to = from;
                while (to < text.length && text[to] != '\n') {
                    to++;
                }
                page.line(from, to);
                from = to + 1;
            }
        } catch (MalformedMetricsException e) {
            throw new MalformedMetricsException("line " + line + ": " + e.getMessage());
        }
        return page;
    }

    private static void requireUtf8(byte[] text) throws MalformedMetricsException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(text);
        CharBuffer out = CharBuffer.allocate(4096);
        while (true) {
            var result = decoder.decode(in, out, true);
            if (result.isError()) {
                throw new MalformedMetricsException("byte " + in.position() + " is not UTF-8");
            }
            if (result.isUnderflow()) {
                return;
            }
            out.clear();
        }
    }

    byte[] text() {
        return text;
    }

    Map<String, Family> families() {
        return families;
    }

    private void line(int from, int to) throws MalformedMetricsException {
        int at = blanks(from, to);
        if (at == to) {
            return;
        }
        if (ended) {
            throw new MalformedMetricsException("something stands after # EOF");
        }
        if (text[at] == '#') {
            comment(from, blanks(at + 1, to), to);
        } else {
            family(sampled(sample.name(at, to))).add(from, Math.min(to + 1, text.length));
        }
    }

    private void comment(int from, int word, int to) throws MalformedMetricsException {
        int wordEnd = word(word, to);
        String keyword = string(word, wordEnd);
        if (open && keyword.equals("EOF")) {
            ended = true;
            return;
        }
        if (!keyword.equals("HELP")
                && !keyword.equals("TYPE")
                && !(open && keyword.equals("UNIT"))) {
            return;
        }
        int name = blanks(wordEnd, to);
        int nameEnd = word(name, to);
        for (int i = name; i < nameEnd; i++) {
            if (!SampleLine.isOfName(text[i], i > name, true)) {
                throw new MalformedMetricsException("a name with '" + (char) text[i] + "'");
            }
        }
        if (name == nameEnd) {
            throw new MalformedMetricsException("a name is missing");
        }
        if (keyword.equals("TYPE")) {
            String type = string(blanks(nameEnd, to), to).strip();
            if (!(open ? OPEN_TYPES : TYPES).contains(type)) {
                throw new MalformedMetricsException("no such type");
            }
        }
        family(string(name, nameEnd)).add(from, Math.min(to + 1, text.length));
    }

    /** The family that a value belongs to. */
    private String sampled(String name) {
        Family before = current;
        if (before != null
                && name.startsWith(before.name)
                && (name.length() == before.name.length()
                        || SUFFIXES.contains(name.substring(before.name.length())))) {
            return before.name;
        }
        return name;
    }

    private Family family(String name) throws MalformedMetricsException {
        Family before = current;
        if (before != null && before.name.equals(name)) {
            return before;
        }
        Family found = families.computeIfAbsent(name, Family::new);
        if (families.size() > MOST_FAMILIES) {
            throw new MalformedMetricsException("more than " + MOST_FAMILIES + " families");
        }
        current = found;
        return found;
    }

    private String string(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private int blanks(int from, int to) {
        int at = from;
        while (at < to && (text[at] == ' ' || text[at] == '\t')) {
            at++;
        }
        return at;
    }

    private int word(int from, int to) {
        int at = from;
        while (at < to && text[at] != ' ' && text[at] != '\t') {
            at++;
        }
        return at;
    }
}
