package dev.outrider.sidecar.http.h1;

import static dev.outrider.sidecar.http.h1.MalformedException.bad;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.TrailerFields;
import io.netty.buffer.ByteBuf;

/**
 * Cuts one message's body out of the bytes of a connection: of known length, chunked, or until the
 * connection closes (RFC 9112, sections 6 and 7). Data goes on as retained slices. Chunk extensions
 * are read over and dropped; every CRLF must be one.
 */
final class BodyDecoder {
    private static final int LONGEST_SIZE_LINE = 256;

    private enum State {
        FIXED,
        UNTIL_CLOSE,
        SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        DONE
    }

    private final HeadParser trailerParser;
    private final long limit;
    private boolean limited = true;
    private State state = State.DONE;
    private long left;
    private long seen;

    BodyDecoder(H1Limits limits, boolean request) {
        this.trailerParser = HeadParser.ofTrailers(limits, request);
        this.limit = limits.body();
    }

    /** Begins a body; one of length 0 is done at once. */
    void begin(long length, boolean untilClose) {
        seen = 0;
        left = length;
        if (untilClose) {
            state = State.UNTIL_CLOSE;
        } else if (length == BodyLength.UNKNOWN) {
            state = State.SIZE;
        } else {
            state = length == 0 ? State.DONE : State.FIXED;
        }
    }

    /**
     * Begins bytes of any length, which end with their last chunk if they are {@code framed}, else
     * with the connection.
     */
    void tunnel(boolean framed) {
        begin(BodyLength.UNKNOWN, !framed);
        limited = false;
    }

    boolean done() {
        return state == State.DONE;
    }

    /** Whether the end of the connection is the end of the body. */
    boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /**
     * Delivers what has come, calls {@link BodySink#end} when the body is complete, and tells
     * whether it is; bytes may be left that are too few to go on with.
     */
    boolean decode(ByteBuf in, BodySink sink) throws MalformedException {
        while (state != State.DONE) {
            boolean progressed =
                    switch (state) {
                        case FIXED, CHUNK -> data(in, sink);
                        case UNTIL_CLOSE -> rest(in, sink);
                        case SIZE -> size(in);
                        case CHUNK_END -> chunkEnd(in);
                        case TRAILERS -> trailers(in, sink);
                        case DONE -> false;
                    };
            if (!progressed) {
                return false;
            }
        }
        return true;
    }

    private boolean data(ByteBuf in, BodySink sink) {
        int length = (int) Math.min(left, in.readableBytes());
        if (length == 0) {
            return false;
        }
        left -= length;
        ByteBuf chunk = in.readRetainedSlice(length);
        if (left > 0) {
            sink.data(chunk);
        } else if (state == State.CHUNK) {
            state = State.CHUNK_END;
            sink.data(chunk);
        } else {
            state = State.DONE;
            sink.data(chunk);
            sink.end(Headers.EMPTY);
        }
        return true;
    }

    private static boolean rest(ByteBuf in, BodySink sink) {
        if (!in.isReadable()) {
            return false;
        }
        sink.data(in.readRetainedSlice(in.readableBytes()));
        return true;
    }

    private boolean size(ByteBuf in) throws MalformedException {
        int start = in.readerIndex();
        int newline = in.indexOf(start, in.writerIndex(), (byte) '\n');
        if (newline < 0
                ? in.readableBytes() > LONGEST_SIZE_LINE
                : newline - start > LONGEST_SIZE_LINE) {
            throw bad("chunk-size", "a chunk's size line is over " + LONGEST_SIZE_LINE + " bytes");
        }
        if (newline < 0) {
            return false;
        }
        if (newline == start || in.getByte(newline - 1) != '\r') {
            throw bad("bare-lf", "a chunk's size line ends with LF without CR");
        }
        left = chunkSize(in, start, newline - 1);
        in.readerIndex(newline + 1);
        seen += left;
        if (limited && seen > limit) {
            throw new MalformedException(
                    413, "body-too-large", "the body is over " + limit + " bytes");
        }
        state = left == 0 ? State.TRAILERS : State.CHUNK;
        return true;
    }

    private static long chunkSize(ByteBuf in, int start, int end) throws MalformedException {
        long size = 0;
        int at = start;
        for (; at < end; at++) {
            int digit = Character.digit(in.getByte(at), 16);
            if (digit < 0) {
                break;
            }
            size = size << 4 | digit;
        }
        if (at == start || at - start > 15) {
            throw bad("chunk-size", "a chunk's size is no hexadecimal number");
        }
        if (at < end && in.getByte(at) != ';') {
            throw bad("chunk-size", "a chunk's size is followed by neither ';' nor CRLF");
        }
        for (int i = at; i < end; i++) {
            if (!Fields.isFieldValue(in.getByte(i) & 0xff)) {
                throw bad("chunk-extension", "a chunk extension holds a control character");
            }
        }
        return size;
    }

    private boolean chunkEnd(ByteBuf in) throws MalformedException {
        if (in.readableBytes() < 2) {
            return false;
        }
        if (in.readShort() != Fields.CRLF) {
            throw bad("chunk-end", "a chunk's data is not followed by CRLF");
        }
        state = State.SIZE;
        return true;
    }

    private boolean trailers(ByteBuf in, BodySink sink) throws MalformedException {
        int length = trailerParser.find(in);
        if (length < 0) {
            return false;
        }
        Headers trailers = Headers.EMPTY;
        if (length > 2) {
            trailers = new Headers(length, 8);
            trailerParser.fields(in, in.readerIndex(), in.readerIndex() + length, trailers);
            refuseFraming(trailers);
        }
        in.skipBytes(length);
        state = State.DONE;
        sink.end(trailers);
        return true;
    }

    private static void refuseFraming(Headers trailers) throws MalformedException {
        String name = TrailerFields.refused(trailers);
        if (name != null) {
            throw bad("trailer-field", name + " is no trailer field");
        }
    }
}
