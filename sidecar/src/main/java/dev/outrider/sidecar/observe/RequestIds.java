package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.http.Headers;
import java.util.random.RandomGenerator;

/** Values of {@code x-request-id}. They name a request and are no secret. */
final class RequestIds {
    /** Longer ones are replaced: the id is repeated in logs, spans and answers. */
    private static final int LONGEST = 128;

    private static final int UUID_LENGTH = 36;

    private final RandomGenerator random;

    private record Uuid(long high, long low) {}

    RequestIds(RandomGenerator random) {
        this.random = random;
    }

    /** Whether a head has an id that may be kept. */
    static boolean usable(Headers headers) {
        int length = headers.valueLength(Exchange.REQUEST_ID);
        return length > 0 && length <= LONGEST;
    }

    /** Puts a random UUID (RFC 9562, version 4) in a head, in place of any other id. */
    void put(Headers headers) {
        long high = random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        headers.remove(Exchange.REQUEST_ID);
        headers.add(Exchange.REQUEST_ID, UUID_LENGTH, new Uuid(high, low), RequestIds::write);
    }

    private static void write(Uuid id, byte[] text, int start) {
        int at = dash(text, Hex.write(id.high >>> 32, text, start, 8));
        at = dash(text, Hex.write(id.high >>> 16, text, at, 4));
        at = dash(text, Hex.write(id.high, text, at, 4));
        at = dash(text, Hex.write(id.low >>> 48, text, at, 4));
        Hex.write(id.low, text, at, 12);
    }

    private static int dash(byte[] text, int at) {
        text[at] = '-';
        return at + 1;
    }
}
