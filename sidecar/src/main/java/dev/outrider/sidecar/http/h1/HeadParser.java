package dev.outrider.sidecar.http.h1;

import static dev.outrider.sidecar.http.h1.MalformedException.bad;

import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import io.netty.buffer.ByteBuf;

/**
 * The part of a head that requests and responses share: finds its end, checks every line's shape,
 * and collects the fields (RFC 9112, sections 2.2 and 5). A bare CR or LF, a folded line, white
 * space before the colon or a control character is refused.
 */
final class HeadParser {
    private final long lineLimit;
    private final long headLimit;
    private final int fieldLimit;
    private final boolean request;

    /** How far from the reader index the search for the head's end has come. */
    private int searched;

    private int lineStart;

    /** Lines of the head that is looked for, and then of the one found. */
    private int lines;

    HeadParser(H1Limits limits, boolean request) {
        this(limits, limits.requestLine(), request);
    }

    /** Trailers have no first line of their own kind. */
    static HeadParser ofTrailers(H1Limits limits, boolean request) {
        return new HeadParser(limits, Long.MAX_VALUE, request);
    }

    private HeadParser(H1Limits limits, long lineLimit, boolean request) {
        this.lineLimit = lineLimit;
        this.headLimit = limits.head();
        this.fieldLimit = limits.fields();
        this.request = request;
    }

    /** The head's length in bytes including the empty line, or -1 if it has not all come. */
    int find(ByteBuf in) throws MalformedException {
        int base = in.readerIndex();
        if (searched == 0) {
            lines = 0;
        }
        while (true) {
            int from = base + searched;
            int newline = in.indexOf(from, in.writerIndex(), (byte) '\n');
            if (newline < 0) {
                searched = in.readableBytes();
                checkLength(searched);
                return -1;
            }
            int length = newline + 1 - base;
            checkLength(length);
            boolean empty = newline - lineStart - base == 1;
            if (newline == base + lineStart || in.getByte(newline - 1) != '\r') {
                throw bad("bare-lf", "a line ends with LF without CR");
            }
            searched = length;
            lineStart = length;
            lines++;
            if (empty) {
                searched = 0;
                lineStart = 0;
                return length;
            }
        }
    }

    /** At most how many fields the head has that was found last: it needs no more room. */
    int mostFields() {
        return Math.min(lines, fieldLimit);
    }

    private void checkLength(int length) throws MalformedException {
        if (lineStart == 0 && length > lineLimit) {
            throw request
                    ? new MalformedException(
                            414, "request-line-too-long", "the request line is over " + lineLimit)
                    : bad(
                            "status-line-too-long",
                            "the status line is over " + lineLimit + " bytes");
        }
        if (length > headLimit) {
            throw new MalformedException(
                    431, "head-too-long", "the head is over " + headLimit + " bytes");
        }
    }

    /** The index of the CR that ends the first line of a head at the reader index. */
    static int lineEnd(ByteBuf in) {
        return in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n') - 1;
    }

    /** Parses the fields between two absolute indexes; the last two bytes are the empty line. */
    void fields(ByteBuf in, int start, int end, Headers headers) throws MalformedException {
        int length = Math.max(0, end - 2 - start); // the empty line may be all there is
        int at = headers.take(in, start, length);
        int blockEnd = at + length;
        byte[] bytes = headers.array();
        while (at < blockEnd) {
            at = field(bytes, at, blockEnd, headers);
            if (headers.size() > fieldLimit) {
                throw new MalformedException(
                        431, "too-many-fields", "the head has over " + fieldLimit + " fields");
            }
        }
    }

    /** Parses one line, which ends with CRLF; where the next begins. */
    private static int field(byte[] bytes, int start, int blockEnd, Headers headers)
            throws MalformedException {
        int colon = start;
        int hash = 0;
        for (int c; (c = Fields.lowerToken(bytes[colon])) != 0; colon++) {
            hash = 31 * hash + c;
        }
        if (colon == start || bytes[colon] != ':') {
            throw misshapen(bytes, start, colon);
        }
        int value = colon + 1;
        while (isSpace(bytes[value])) {
            value++;
        }
        int end = Fields.valueEnd(bytes, value, blockEnd);
        if (bytes[end] != '\r' || bytes[end + 1] != '\n') {
            throw bytes[end] == '\r'
                    ? bad("bare-cr", "a field value holds CR without LF")
                    : bad("control-character", "a field value holds byte " + (bytes[end] & 0xff));
        }
        if (value == colon + 2 && bytes[colon + 1] == ' ' && !endsBlank(bytes, value, end)) {
            headers.mark(hash, start, colon - start, end - value);
        } else {
            rewrite(bytes, start, colon, value, end, headers);
        }
        return end + 2;
    }

    /** A line that is not spaced as we write it. */
    private static void rewrite(
            byte[] bytes, int start, int colon, int value, int end, Headers headers) {
        int valueEnd = end;
        while (endsBlank(bytes, value, valueEnd)) {
            valueEnd--;
        }
        headers.append(bytes, start, colon - start, bytes, value, valueEnd - value);
    }

    private static boolean endsBlank(byte[] bytes, int start, int end) {
        return end > start && isSpace(bytes[end - 1]);
    }

    private static MalformedException misshapen(byte[] bytes, int start, int colon) {
        if (isSpace(bytes[start])) {
            return bad("folded-field", "a field is folded over two lines");
        }
        if (isSpace(bytes[colon])) {
            return bad("space-before-colon", "white space stands between field name and colon");
        }
        return bad("field-name", "a line is no 'name: value'");
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c == '\t';
    }
}
