package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.time.Ticker;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Counts, for one connection, the frames that are cheap to send and cost the receiver work or
 * memory (RFC 9113, section 10.5). The clock is read only when a count reaches its limit.
 */
final class FloodGuard {
    static final int WINDOW_SECONDS = 10;

    /** Answers we owe while the peer reads none; each is some bytes in memory. */
    static final int MOST_UNREAD_ANSWERS = 1_000;

    private static final long WINDOW_NANOS = WINDOW_SECONDS * 1_000_000_000L;
    private static final int BYTES_FOR_WINDOW_UPDATE = 512;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int PADDED = 8;

    private final FloodLimits limits;
    private final Ticker ticker;
    private final boolean server;
    private long windowStart;
    private int opened;
    private int resets;
    private int faults;
    private int pings;
    private int settings;
    private int priorities;
    private int windowUpdates;
    private int emptyFrames;
    private long sent;
    private int unread;

    FloodGuard(FloodLimits limits, Ticker ticker, boolean server) {
        this.server = server;
        this.limits = limits;
        this.ticker = ticker;
        this.windowStart = ticker.nanos();
    }

    /** A frame came; HEADERS and CONTINUATION are counted by who decodes them. */
    void frame(byte type, int flags, int length) throws Http2Exception {
        switch (type) {
            case Http2FrameTypes.DATA -> data(flags, length);
            case Http2FrameTypes.HEADERS,
                    Http2FrameTypes.CONTINUATION,
                    Http2FrameTypes.GO_AWAY -> {}
            case Http2FrameTypes.RST_STREAM -> {
                // A server may end each of our streams early; a client pays nothing for its own.
                if (server) {
                    reset();
                }
            }
            case Http2FrameTypes.PING -> {
                if ((flags & ACK) == 0 && ++pings > limits.pings()) {
                    over("PING");
                }
            }
            case Http2FrameTypes.SETTINGS -> {
                if ((flags & ACK) == 0 && ++settings > limits.settings()) {
                    over("SETTINGS");
                }
            }
            case Http2FrameTypes.WINDOW_UPDATE -> windowUpdate();
            default -> {
                if (++priorities > limits.priorities()) {
                    over("PRIORITY or unknown");
                }
            }
        }
    }

    private void data(int flags, int length) throws Http2Exception {
        boolean empty = length == 0 || (flags & PADDED) != 0 && length == 1;
        if (empty && (flags & END_STREAM) == 0 && ++emptyFrames > limits.emptyFrames()) {
            over("empty DATA");
        }
    }

    /** A client began a stream; its trailers count for nothing. */
    void opened() {
        opened++;
    }

    /**
     * Rapid reset (CVE-2023-44487). A busy client whose deadlines pass resets many streams too, but
     * not most of them.
     */
    private void reset() throws Http2Exception {
        if (++resets > limits.resets() && resets > opened / 2) {
            over("RST_STREAM");
        }
    }

    private void windowUpdate() throws Http2Exception {
        long earned = limits.windowUpdates() + sent / BYTES_FOR_WINDOW_UPDATE;
        if (++windowUpdates > earned) {
            over("WINDOW_UPDATE");
        }
    }

    /** A stream had to be reset for what the peer did on it (CVE-2025-8671). */
    boolean tooManyFaults() {
        return ++faults > limits.resets() && !renewed();
    }

    /** Body bytes went out, which earn the peer window updates. */
    void sent(int bytes) {
        sent += bytes;
    }

    /** We owe the peer an answer; {@code writable} tells whether it reads what we write. */
    void answering(boolean writable) throws Http2Exception {
        unread = writable ? 0 : unread + 1;
        if (unread > MOST_UNREAD_ANSWERS) {
            throw calm("over " + MOST_UNREAD_ANSWERS + " answers wait that nobody reads");
        }
    }

    private void over(String frames) throws Http2Exception {
        if (!renewed()) {
            throw calm("too many " + frames + " frames in " + WINDOW_SECONDS + " s");
        }
    }

    private static Http2Exception calm(String text) {
        return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "%s", text);
    }

    /** Begins a new window if the last one is over, and tells whether it was. */
    private boolean renewed() {
        long now = ticker.nanos();
        if (now - windowStart < WINDOW_NANOS) {
            return false;
        }
        windowStart = now;
        opened = 0;
        resets = 0;
        faults = 0;
        pings = 0;
        settings = 0;
        priorities = 0;
        windowUpdates = 0;
        emptyFrames = 0;
        sent = 0;
        return true;
    }
}
