package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** W3C Trace Context, level 1: {@code traceparent} and {@code tracestate}. */
final class W3c {
    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";
    private static final int LENGTH = 55;
    private static final int MOST_MEMBERS = 32;
    private static final int LONGEST_PART = 256;

    private W3c() {}

    /**
     * Null if there is no trace or none that is valid; then the state is void too (section 3.3).
     */
    static @Nullable Parent read(Headers headers) {
        String text = headers.get(PARENT);
        if (text == null || headers.count(PARENT) != 1) {
            return null;
        }
        Parent parent = parse(text);
        if (parent == null) {
            return null;
        }
        String state = state(headers);
        return state == null
                ? parent
                : new Parent(
                        parent.traceIdHigh(),
                        parent.traceIdLow(),
                        parent.spanId(),
                        parent.sampled(),
                        state);
    }

    /**
     * {@code version-traceid-parentid-flags}. A version above 00 may go on after a further dash and
     * is read as 00 up to there (section 4.3); ff is never valid.
     */
    static @Nullable Parent parse(String text) {
        if (text.length() < LENGTH
                || text.charAt(2) != '-'
                || text.charAt(35) != '-'
                || text.charAt(52) != '-'
                || !Hex.valid(text, 0, 2)
                || !Hex.valid(text, 3, 35)
                || !Hex.valid(text, 36, 52)
                || !Hex.valid(text, 53, 55)) {
            return null;
        }
        long version = Hex.read(text, 0, 2);
        if (version == 0xff
                || version == 0 && text.length() != LENGTH
                || text.length() > LENGTH && text.charAt(LENGTH) != '-') {
            return null;
        }
        long high = Hex.read(text, 3, 19);
        long low = Hex.read(text, 19, 35);
        long span = Hex.read(text, 36, 52);
        if ((high | low) == 0 || span == 0) {
            return null;
        }
        boolean sampled = (Hex.read(text, 53, 55) & 1) != 0;
        return new Parent(high, low, span, sampled ? Parent.Sampled.YES : Parent.Sampled.NO, null);
    }

    /** All tracestate fields joined in order and otherwise as they came, or null if unusable. */
    private static @Nullable String state(Headers headers) {
        int fields = headers.count(STATE);
        if (fields == 0) {
            return null;
        }
        String state;
        if (fields == 1) {
            state = headers.get(STATE);
        } else {
            List<String> all = headers.all(STATE);
            state = String.join(",", all);
        }
        return state != null && validState(state) ? state : null;
    }

    /**
     * At most 32 members {@code key=value}; empty ones are allowed and do not count (section
     * 3.3.1). The grammar's limits on key and value also bound the whole.
     */
    static boolean validState(String state) {
        int members = 0;
        for (int from = 0; from <= state.length(); ) {
            int comma = state.indexOf(',', from);
            int to = comma < 0 ? state.length() : comma;
            int first = from;
            int last = to;
            while (first < last && blank(state.charAt(first))) {
                first++;
            }
            while (last > first && blank(state.charAt(last - 1))) {
                last--;
            }
            if (first < last && (++members > MOST_MEMBERS || !validMember(state, first, last))) {
                return false;
            }
            from = to + 1;
        }
        return members > 0;
    }

    private static boolean validMember(String state, int from, int to) {
        int equals = state.indexOf('=', from);
        if (equals <= from
                || equals >= to - 1
                || equals - from > LONGEST_PART
                || to - equals - 1 > LONGEST_PART) {
            return false;
        }
        for (int i = from; i < equals; i++) {
            char c = state.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!letter && (i == from || "_-*/@".indexOf(c) < 0)) {
                return false;
            }
        }
        for (int i = equals + 1; i < to; i++) {
            char c = state.charAt(i);
            if (c < ' ' || c > '~' || c == '=') {
                return false;
            }
        }
        return true;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** The attempt under way, straight from the exchange, so that it leaves no garbage. */
    static void write(Exchange exchange, Headers headers) {
        TraceContext server = exchange.trace();
        if (server == null) {
            return;
        }
        headers.add(PARENT, LENGTH, exchange, W3c::write);
        String state = server.state();
        if (state != null) {
            headers.add(STATE, state);
        }
    }

    private static void write(Exchange exchange, byte[] text, int at) {
        TraceContext server = Objects.requireNonNull(exchange.trace());
        text[at] = '0';
        text[at + 1] = '0';
        text[at + 2] = '-';
        Hex.write(server.traceIdHigh(), text, at + 3, 16);
        Hex.write(server.traceIdLow(), text, at + 19, 16);
        text[at + 35] = '-';
        Hex.write(exchange.attemptSpan(), text, at + 36, 16);
        text[at + 52] = '-';
        text[at + 53] = '0';
        text[at + 54] = (byte) (server.sampled() ? '1' : '0');
    }
}
