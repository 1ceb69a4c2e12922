package dev.outrider.sidecar.forward;

import io.netty.buffer.ByteBuf;

/** How far the first message of a gRPC request has come: a flag, four bytes of length, so many. */
final class FirstMessage {
    private static final int PREFIX = 5;

    private long length;
    private long seen;

    void came(ByteBuf chunk) {
        int from = chunk.readerIndex();
        for (long at = seen; at < PREFIX && from < chunk.writerIndex(); at++, from++) {
            // The flag, which comes first, is shifted out.
            length = length << 8 & 0xffff_ffffL | chunk.getUnsignedByte(from);
        }
        seen += chunk.readableBytes();
    }

    boolean whole() {
        return seen >= PREFIX && seen - PREFIX >= length;
    }
}
