package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes header blocks (RFC 7541) straight from the bytes of {@link Headers}. Names go out in lower
 * case, secrets as fields that no hop may index (section 6.2.3), and nothing in Huffman's code,
 * which costs more than the bytes that it saves within a mesh.
 */
final class HeaderEncoder implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {
    private static final int INDEXED = 0x80;
    private static final int ADDED = 0x40;
    private static final int SIZE_UPDATE = 0x20;
    private static final int NEVER_INDEXED = 0x10;
    private static final int NOT_ADDED = 0;
    private static final int USUAL_VALUE = 256;

    private final HpackTable table = new HpackTable();
    private final byte[] scratch = new byte[USUAL_VALUE];
    private @Nullable HeaderBlock spare;
    private long mostListBytes = Http2CodecUtil.MAX_HEADER_LIST_SIZE;

    /** The least the table was limited to since the last block; over {@code most} if it was not. */
    private int least = Integer.MAX_VALUE;

    /** An empty block to be filled; when it was written, it serves as the next. */
    HeaderBlock block() {
        HeaderBlock block = spare;
        spare = null;
        return block == null ? new HeaderBlock() : block;
    }

    @Override
    public void encodeHeaders(int id, Http2Headers headers, ByteBuf target) throws Http2Exception {
        if (!(headers instanceof HeaderBlock block)) {
            sizeUpdate(target);
            for (Map.Entry<CharSequence, CharSequence> each : headers) {
                plain(target, AsciiString.of(each.getKey()), AsciiString.of(each.getValue()));
            }
            return;
        }
        // Before the first byte: what the table learns must reach the peer.
        if (mostListBytes < Http2CodecUtil.MAX_HEADER_LIST_SIZE && size(block) > mostListBytes) {
            Http2CodecUtil.headerListSizeExceeded(id, mostListBytes, false);
        }
        sizeUpdate(target);
        block.pseudo((name, value) -> pseudo(target, name, value));
        Headers fields = block.fields();
        for (int i = 0; i < fields.size(); i++) {
            FieldNames.Entry known = FieldNames.find(fields, i);
            if (known == null) {
                unknown(target, fields, i);
            } else if (block.goes(known.kind(), i)) {
                byte[] value = fields.array();
                field(target, known, value, fields.valueStart(i), fields.valueLength(i));
            }
        }
        block.written();
        spare = block;
    }

    /** The size of a block as its receiver counts it (RFC 9113, section 6.5.2). */
    private static long size(HeaderBlock block) {
        long[] size = {0};
        block.pseudo((name, value) ->
                size[0] += name.wire().length() + value.length() + HpackTable.OVERHEAD);
        Headers fields = block.fields();
        for (int i = 0; i < fields.size(); i++) {
            FieldNames.Entry known = FieldNames.find(fields, i);
            if (known == null || block.goes(known.kind(), i)) {
                size[0] += fields.nameLength(i) + fields.valueLength(i) + HpackTable.OVERHEAD;
            }
        }
        return size[0];
    }

    private void pseudo(ByteBuf target, FieldNames.Entry name, String text) {
        int length = text.length();
        byte[] value = length <= scratch.length ? scratch : new byte[length];
        for (int i = 0; i < length; i++) {
            value[i] = (byte) text.charAt(i);
        }
        int known = FieldNames.staticIndex(name, text);
        if (known > 0) {
            number(target, INDEXED, 7, known);
        } else {
            field(target, name, value, 0, length);
        }
    }

    private void unknown(ByteBuf target, Headers fields, int index) {
        int length = fields.nameLength(index);
        byte[] name = length <= scratch.length ? scratch : new byte[length];
        fields.copyLowerName(index, name);
        int hash = fields.nameHash(index);
        byte[] value = fields.array();
        int start = fields.valueStart(index);
        int valueLength = fields.valueLength(index);
        int found = table.find(name, length, hash, value, start, valueLength);
        if (found > 0) {
            number(target, INDEXED, 7, found);
            return;
        }
        int named = table.findName(name, length, hash);
        boolean add = table.fits(length, valueLength);
        name(target, add ? ADDED : NOT_ADDED, named, name, length);
        text(target, value, start, valueLength);
        if (add) {
            table.add(name, length, hash, value, start, valueLength);
        }
    }

    private void field(
            ByteBuf target, FieldNames.Entry known, byte[] value, int start, int length) {
        byte[] name = known.bytes();
        int hash = known.hash();
        boolean index = known.indexed();
        int found = index ? table.find(name, name.length, hash, value, start, length) : 0;
        if (found > 0) {
            number(target, INDEXED, 7, found);
            return;
        }
        int named =
                known.staticIndex() > 0
                        ? known.staticIndex()
                        : table.findName(name, name.length, hash);
        boolean add = index && table.fits(name.length, length);
        name(target, add ? ADDED : index ? NOT_ADDED : NEVER_INDEXED, named, name, name.length);
        text(target, value, start, length);
        if (add) {
            table.add(name, name.length, hash, value, start, length);
        }
    }

    /** The beginning of a literal field, with its name by index if that is over zero. */
    private static void name(ByteBuf target, int kind, int index, byte[] name, int length) {
        number(target, kind, kind == ADDED ? 6 : 4, index);
        if (index == 0) {
            text(target, name, 0, length);
        }
    }

    /** What Netty sends by itself: rare, and nothing that the table should learn. */
    private static void plain(ByteBuf target, AsciiString name, AsciiString value) {
        number(target, NOT_ADDED, 4, 0);
        text(target, name.array(), name.arrayOffset(), name.length());
        text(target, value.array(), value.arrayOffset(), value.length());
    }

    private static void text(ByteBuf target, byte[] bytes, int start, int length) {
        number(target, 0, 7, length);
        target.writeBytes(bytes, start, length);
    }

    /** RFC 7541, section 5.1. */
    private static void number(ByteBuf target, int kind, int bits, int value) {
        int most = (1 << bits) - 1;
        if (value < most) {
            target.writeByte(kind | value);
            return;
        }
        target.writeByte(kind | most);
        int rest = value - most;
        for (; rest >= 0x80; rest >>>= 7) {
            target.writeByte(rest & 0x7f | 0x80);
        }
        target.writeByte(rest);
    }

    // ---- what the peer allows

    /** RFC 7541, section 4.2: the least limit is told as well, as it has emptied the table. */
    private void sizeUpdate(ByteBuf target) {
        if (least == Integer.MAX_VALUE) {
            return;
        }
        if (least < table.most()) {
            number(target, SIZE_UPDATE, 5, least);
        }
        number(target, SIZE_UPDATE, 5, table.most());
        least = Integer.MAX_VALUE;
    }

    @Override
    public void maxHeaderTableSize(long most) {
        int size = (int) Math.min(most, HpackTable.MOST_SIZE);
        if (size != table.most()) {
            least = Math.min(least, size);
            table.most(size);
        }
    }

    @Override
    public long maxHeaderTableSize() {
        return table.most();
    }

    @Override
    public void maxHeaderListSize(long most) {
        mostListBytes = most;
    }

    @Override
    public long maxHeaderListSize() {
        return mostListBytes;
    }

    @Override
    public Configuration configuration() {
        return this;
    }
}
