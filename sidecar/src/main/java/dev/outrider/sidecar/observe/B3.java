package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Zipkin's B3 headers, single and multiple (github.com/openzipkin/b3-propagation). A debug flag
 * counts as a decision to sample.
 */
final class B3 {
    static final String SINGLE = "b3";
    static final String TRACE = "x-b3-traceid";
    static final String SPAN = "x-b3-spanid";
    static final String PARENT = "x-b3-parentspanid";
    static final String SAMPLED = "x-b3-sampled";
    static final String FLAGS = "x-b3-flags";

    private B3() {}

    /** The single header if it is valid, else the many; null if neither says anything valid. */
    static @Nullable Parent read(Headers headers) {
        String single = headers.get(SINGLE);
        Parent parent = single == null ? null : parse(single);
        return parent == null ? readMany(headers) : parent;
    }

    private static @Nullable Parent readMany(Headers headers) {
        Parent.Sampled sampled =
                "1".equals(headers.get(FLAGS))
                        ? Parent.Sampled.YES
                        : decision(headers.get(SAMPLED));
        String trace = headers.get(TRACE);
        String span = headers.get(SPAN);
        Parent parent =
                trace == null || span == null
                        ? null
                        : ids(trace, 0, trace.length(), span, 0, span.length(), sampled);
        if (parent == null && sampled != Parent.Sampled.OPEN) {
            return Parent.decision(sampled);
        }
        return parent;
    }

    /** {@code trace-span[-sampled[-parent]]}, or the sampling decision alone. */
    static @Nullable Parent parse(String text) {
        if (text.length() == 1) {
            Parent.Sampled sampled = decision(text);
            return sampled == Parent.Sampled.OPEN ? null : Parent.decision(sampled);
        }
        int dash = text.indexOf('-');
        int spanEnd = dash + 17;
        if (dash < 0 || text.length() < spanEnd) {
            return null;
        }
        Parent.Sampled sampled = Parent.Sampled.OPEN;
        if (text.length() > spanEnd) {
            if (text.charAt(spanEnd) != '-' || text.length() < spanEnd + 2) {
                return null;
            }
            sampled = decision(text.substring(spanEnd + 1, spanEnd + 2));
            int parentAt = spanEnd + 3;
            boolean whole =
                    text.length() == spanEnd + 2
                            || text.length() == parentAt + 16
                                    && text.charAt(spanEnd + 2) == '-'
                                    && Hex.valid(text, parentAt, parentAt + 16);
            if (sampled == Parent.Sampled.OPEN || !whole) {
                return null;
            }
        }
        return ids(text, 0, dash, text, dash + 1, spanEnd, sampled);
    }

    private static Parent.Sampled decision(@Nullable String word) {
        return switch (word) {
            case "1", "d", "true" -> Parent.Sampled.YES;
            case "0", "false" -> Parent.Sampled.NO;
            case null, default -> Parent.Sampled.OPEN;
        };
    }

    private static @Nullable Parent ids(
            String trace,
            int traceFrom,
            int traceTo,
            String span,
            int spanFrom,
            int spanTo,
            Parent.Sampled sampled) {
        int digits = traceTo - traceFrom;
        if (digits != 16 && digits != 32
                || spanTo - spanFrom != 16
                || !Hex.valid(trace, traceFrom, traceTo)
                || !Hex.valid(span, spanFrom, spanTo)) {
            return null;
        }
        long high = digits == 32 ? Hex.read(trace, traceFrom, traceFrom + 16) : 0;
        long low = Hex.read(trace, traceTo - 16, traceTo);
        long id = Hex.read(span, spanFrom, spanTo);
        return (high | low) == 0 || id == 0 ? null : new Parent(high, low, id, sampled, null);
    }

    static void write(TraceContext trace, Headers headers) {
        headers.add(TRACE, trace.traceIdHigh() == 0 ? 16 : 32, trace, B3::traceId);
        headers.add(SPAN, 16, trace, B3::spanId);
        // Never empty: some tracers read an empty parent as a broken trace.
        if (trace.parentId() != 0) {
            headers.add(PARENT, 16, trace, B3::parentId);
        }
        headers.add(SAMPLED, trace.sampled() ? "1" : "0");
    }

    /** 16 digits when the higher half is zero, as Zipkin writes short ids. */
    private static void traceId(TraceContext trace, byte[] text, int at) {
        int next = trace.traceIdHigh() == 0 ? at : Hex.write(trace.traceIdHigh(), text, at, 16);
        Hex.write(trace.traceIdLow(), text, next, 16);
    }

    private static void spanId(TraceContext trace, byte[] text, int at) {
        Hex.write(trace.spanId(), text, at, 16);
    }

    private static void parentId(TraceContext trace, byte[] text, int at) {
        Hex.write(trace.parentId(), text, at, 16);
    }

    static void writeSingle(TraceContext trace, Headers headers) {
        headers.add(SINGLE, format(trace));
    }

    static String format(TraceContext trace) {
        String text =
                Hex.of(trace.traceIdHigh(), trace.traceIdLow())
                        + "-"
                        + Hex.of(trace.spanId())
                        + (trace.sampled() ? "-1" : "-0");
        return trace.parentId() == 0 ? text : text + "-" + Hex.of(trace.parentId());
    }
}
