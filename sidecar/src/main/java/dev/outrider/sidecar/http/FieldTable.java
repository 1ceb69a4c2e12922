package dev.outrider.sidecar.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Where fields stand, and what a codec does with them: takes them in and writes them without a look
 * at what they mean. One byte array holds the fields as HTTP/1 writes them, {@code name: value
 * CRLF}, and one int array says where each begins: a head is copied in as one block and, where
 * nothing was changed, written as one block, and nothing is allocated per field. It is the lower
 * half of {@link Headers} and not a part of it, which would cost an object for every head.
 */
public abstract sealed class FieldTable permits Headers {
    /** Of a field's four numbers. */
    private static final int WIDTH = 4;

    private static final int HASH = 0;
    private static final int NAME = 1;
    private static final int NAME_LENGTH = 2;
    private static final int VALUE_LENGTH = 3;

    /** Between name and value. */
    private static final int COLON_SPACE = 2;

    /** What a line has beside name and value. */
    private static final int AROUND = COLON_SPACE + 2;

    private byte[] bytes;
    private int used;
    private int[] slots;
    private int count;

    FieldTable(int expectedBytes, int expectedFields) {
        bytes = new byte[expectedBytes];
        slots = new int[expectedFields * WIDTH];
    }

    FieldTable(FieldTable other) {
        bytes = Arrays.copyOf(other.bytes, Math.max(64, other.used + 256));
        used = other.used;
        slots = Arrays.copyOf(other.slots, other.slots.length);
        count = other.count;
    }

    public final int size() {
        return count;
    }

    public final void clear() {
        used = 0;
        count = 0;
    }

    // ---- taking in

    /**
     * Takes whole lines in, and tells where in {@link #array} they begin. They are no fields until
     * {@link #mark} says so.
     *
     * @param start an absolute index of {@code source}
     */
    public final int take(ByteBuf source, int start, int length) {
        ensure(length);
        int at = used;
        source.getBytes(start, bytes, at, length);
        used = at + length;
        return at;
    }

    /**
     * Makes a field of a line that was taken in and checked, and which is written {@code name:
     * value CRLF} with one space and no more.
     *
     * @param hash what {@link #nameHash} is to tell
     */
    public final void mark(int hash, int name, int nameLength, int valueLength) {
        int at = count * WIDTH;
        if (at == slots.length) {
            slots = Arrays.copyOf(slots, Math.max(8 * WIDTH, slots.length * 2));
        }
        slots[at + HASH] = hash;
        slots[at + NAME] = name;
        slots[at + NAME_LENGTH] = nameLength;
        slots[at + VALUE_LENGTH] = valueLength;
        count++;
    }

    /** Appends a field whose bytes were already checked. */
    public final void append(
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        ensure(nameLength + valueLength + AROUND);
        System.arraycopy(name, nameStart, bytes, used, nameLength);
        System.arraycopy(value, valueStart, bytes, used + nameLength + COLON_SPACE, valueLength);
        end(nameLength, valueLength);
    }

    /**
     * Writes a name and makes room for its value, which may move {@link #array}; where in that the
     * value goes. {@link #end} makes a field of both.
     */
    final int begin(String name, int valueLength) {
        ensure(name.length() + valueLength + AROUND);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Fields.isToken(c)) {
                throw new IllegalArgumentException("'" + name + "' is no header name");
            }
            bytes[used + i] = (byte) c;
        }
        return used + name.length() + COLON_SPACE;
    }

    /** Completes the line that was begun, and makes it a field. */
    final void end(int nameLength, int valueLength) {
        if (this == Headers.EMPTY) {
            throw new IllegalStateException("Headers.EMPTY is shared and takes no field");
        }
        int colon = used + nameLength;
        int hash = 0;
        for (int i = used; i < colon; i++) {
            hash = 31 * hash + Fields.fold(bytes[i]);
        }
        int valueEnd = colon + COLON_SPACE + valueLength;
        bytes[colon] = ':';
        bytes[colon + 1] = ' ';
        bytes[valueEnd] = '\r';
        bytes[valueEnd + 1] = '\n';
        mark(hash, used, nameLength, valueLength);
        used = valueEnd + 2;
    }

    private void ensure(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + more));
        }
    }

    final void removeAt(int index) {
        int tail = (count - index - 1) * WIDTH;
        System.arraycopy(slots, (index + 1) * WIDTH, slots, index * WIDTH, tail);
        count--;
    }

    // ---- looking up

    /** The first field of that name, given in lower case, else -1. */
    public final int indexOf(String name) {
        return indexOf(name, 0);
    }

    /** The first field of that name that does not stand before {@code from}, else -1. */
    final int indexOf(String name, int from) {
        int hash = name.hashCode();
        for (int index = from, at = from * WIDTH; index < count; index++, at += WIDTH) {
            if (slots[at + HASH] == hash
                    && slots[at + NAME_LENGTH] == name.length()
                    && sameName(name, slots[at + NAME])) {
                return index;
            }
        }
        return -1;
    }

    /** Whether the field has this name, given in lower case. */
    public final boolean named(int index, String name) {
        int at = index * WIDTH;
        return slots[at + NAME_LENGTH] == name.length() && sameName(name, slots[at + NAME]);
    }

    private boolean sameName(String name, int start) {
        for (int i = 0; i < name.length(); i++) {
            if (Fields.fold(bytes[start + i]) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The {@code hashCode} of the field's name in lower case. */
    public final int nameHash(int index) {
        return slots[index * WIDTH + HASH];
    }

    /** Where all fields are, until the next change; others only read it. */
    public final byte[] array() {
        return bytes;
    }

    /** Where the field's name begins in {@link #array}. */
    final int nameStart(int index) {
        return slots[index * WIDTH + NAME];
    }

    /** How long the field's name is. */
    public final int nameLength(int index) {
        return slots[index * WIDTH + NAME_LENGTH];
    }

    /** Where the field's value begins in {@link #array}. */
    public final int valueStart(int index) {
        int at = index * WIDTH;
        return slots[at + NAME] + slots[at + NAME_LENGTH] + COLON_SPACE;
    }

    /** How long the field's value is. */
    public final int valueLength(int index) {
        return slots[index * WIDTH + VALUE_LENGTH];
    }

    // ---- writing

    /** Copies the name, in lower case, to the beginning of {@code target}. */
    public final void copyLowerName(int index, byte[] target) {
        int start = slots[index * WIDTH + NAME];
        int length = slots[index * WIDTH + NAME_LENGTH];
        for (int i = 0; i < length; i++) {
            target[i] = (byte) Fields.fold(bytes[start + i]);
        }
    }

    /** Writes {@code name: value CRLF} for every field; lines that stand in a row at once. */
    public final void writeTo(ByteBuf target) {
        int from = 0;
        int to = 0;
        for (int at = 0; at < count * WIDTH; at += WIDTH) {
            int line = slots[at + NAME];
            if (line != to) {
                target.writeBytes(bytes, from, to - from);
                from = line;
            }
            to = line + slots[at + NAME_LENGTH] + slots[at + VALUE_LENGTH] + AROUND;
        }
        target.writeBytes(bytes, from, to - from);
    }

    /** The bytes {@link #writeTo} will write. */
    public final int wireLength() {
        int length = 0;
        for (int at = 0; at < count * WIDTH; at += WIDTH) {
            length += slots[at + NAME_LENGTH] + slots[at + VALUE_LENGTH] + AROUND;
        }
        return length;
    }

    /** How much room its fields have taken, removed ones included. */
    public final int bytesUsed() {
        return used;
    }
}
