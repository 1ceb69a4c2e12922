package dev.outrider.sidecar.pod;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Looks through one line with a value, as strictly as Prometheus reads it: what this lets through
 * must not make a scraper refuse the page. Used for one line at a time.
 */
final class SampleLine {
    private static final Pattern NUMBER =
            Pattern.compile(
                    "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf(inity)?|nan");
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final int LONGEST_NUMBER = 64;

    private final byte[] text;
    private final boolean open;
    private int at;
    private int to;

    /**
     * @param open whether it is OpenMetrics
     */
    SampleLine(byte[] text, boolean open) {
        this.text = text;
        this.open = open;
    }

    /** The name of the line from {@code from} to {@code until}, which is well-formed. */
    String name(int from, int until) throws MalformedMetricsException {
        at = from;
        to = until;
        skipName(true);
        String name = new String(text, from, at - from, StandardCharsets.US_ASCII);
        int afterName = at;
        blanks();
        if (at < to && text[at] == '{') {
            labels();
        } else {
            require(at > afterName, "no value");
        }
        blanks();
        number(NUMBER, "value");
        blanks();
        if (at < to && text[at] != '#') {
            number(open ? NUMBER : WHOLE, "timestamp");
            blanks();
        }
        if (open && at < to && text[at] == '#') {
            exemplar();
        }
        require(at == to, "more than a value and a timestamp");
        return name;
    }

    private void exemplar() throws MalformedMetricsException {
        at++;
        blanks();
        require(at < to && text[at] == '{', "an exemplar without labels");
        labels();
        blanks();
        number(NUMBER, "exemplar");
        blanks();
        if (at < to) {
            number(NUMBER, "exemplar's timestamp");
            blanks();
        }
    }

    private void skipName(boolean colons) throws MalformedMetricsException {
        int start = at;
        while (at < to && isOfName(text[at], at > start, colons)) {
            at++;
        }
        require(at > start, "a name is missing");
    }

    static boolean isOfName(byte each, boolean digits, boolean colons) {
        return each >= 'a' && each <= 'z'
                || each >= 'A' && each <= 'Z'
                || each == '_'
                || colons && each == ':'
                || digits && each >= '0' && each <= '9';
    }

    private void labels() throws MalformedMetricsException {
        at++;
        blanks();
        while (at < to && text[at] != '}') {
            skipName(false);
            blanks();
            expect('=');
            blanks();
            quoted();
            blanks();
            if (at < to && text[at] == ',') {
                at++;
                blanks();
            } else {
                require(at < to && text[at] == '}', "labels without '}'");
            }
        }
        expect('}');
    }

    private void quoted() throws MalformedMetricsException {
        expect('"');
        while (at < to && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        expect('"');
    }

    private void number(Pattern form, String what) throws MalformedMetricsException {
        int start = at;
        while (at < to && text[at] != ' ' && text[at] != '\t') {
            at++;
        }
        require(at > start && at - start <= LONGEST_NUMBER, "no " + what);
        String number = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
        require(form.matcher(number.toLowerCase(Locale.ROOT)).matches(), "no " + what);
    }

    private void blanks() {
        while (at < to && (text[at] == ' ' || text[at] == '\t')) {
            at++;
        }
    }

    private void expect(char each) throws MalformedMetricsException {
        require(at < to && text[at] == each, "expected " + each);
        at++;
    }

    private static void require(boolean well, String otherwise) throws MalformedMetricsException {
        if (!well) {
            throw new MalformedMetricsException(otherwise);
        }
    }
}
