package dev.outrider.sidecar.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer fields in order, names in the case they came in. One byte array holds all names
 * and values and one int array says where, so parsing, looking up and writing a head allocates
 * nothing per field; a value becomes a {@code String} only when somebody asks for it. Bytes above
 * 127 are read as ISO-8859-1 and written back unchanged (RFC 9110, section 5.5).
 *
 * <p>Look-ups take the name in lower case. Not thread-safe.
 */
public final class Headers {
    /** No fields, for a message without trailers; refuses additions. */
    public static final Headers EMPTY = new Headers(0, 0);

    /** Of a field's four numbers; its value stands right behind its name. */
    private static final int WIDTH = 4;

    private static final int HASH = 0;
    private static final int NAME = 1;
    private static final int NAME_LENGTH = 2;
    private static final int VALUE_LENGTH = 3;

    private byte[] bytes;
    private int used;
    private int[] slots;
    private int count;

    public Headers() {
        this(512, 16);
    }

    public Headers(int expectedBytes, int expectedFields) {
        bytes = new byte[expectedBytes];
        slots = new int[expectedFields * WIDTH];
    }

    private Headers(Headers other) {
        bytes = Arrays.copyOf(other.bytes, Math.max(64, other.used + 256));
        used = other.used;
        slots = Arrays.copyOf(other.slots, other.slots.length);
        count = other.count;
    }

    public Headers copy() {
        return new Headers(this);
    }

    public int size() {
        return count;
    }

    public String name(int index) {
        return text(slots[index * WIDTH + NAME], slots[index * WIDTH + NAME_LENGTH]);
    }

    public String value(int index) {
        return text(valueStart(index), slots[index * WIDTH + VALUE_LENGTH]);
    }

    /** The first value of that name, else null. */
    public @Nullable String get(String name) {
        int index = indexOf(name, 0);
        return index < 0 ? null : value(index);
    }

    public boolean contains(String name) {
        return indexOf(name, 0) >= 0;
    }

    /** The first value of that name where it stands, else null. */
    public @Nullable FieldValue field(String name) {
        int index = indexOf(name, 0);
        if (index < 0) {
            return null;
        }
        int start = valueStart(index);
        return new FieldValue(bytes, start, start + slots[index * WIDTH + VALUE_LENGTH]);
    }

    /** All values of that name where they stand, in order. */
    public List<FieldValue> fields(String name) {
        int index = indexOf(name, 0);
        if (index < 0) {
            return List.of();
        }
        List<FieldValue> values = new ArrayList<>(1);
        for (; index >= 0; index = indexOf(name, index + 1)) {
            int start = valueStart(index);
            values.add(new FieldValue(bytes, start, start + slots[index * WIDTH + VALUE_LENGTH]));
        }
        return values;
    }

    /** The length of the first value of that name, else -1. */
    public int valueLength(String name) {
        int index = indexOf(name, 0);
        return index < 0 ? -1 : slots[index * WIDTH + VALUE_LENGTH];
    }

    /** Whether the first value of that name starts with {@code prefix}, which is ASCII. */
    public boolean valueStartsWith(String name, String prefix) {
        int index = indexOf(name, 0);
        if (index < 0 || slots[index * WIDTH + VALUE_LENGTH] < prefix.length()) {
            return false;
        }
        int start = valueStart(index);
        for (int i = 0; i < prefix.length(); i++) {
            if (bytes[start + i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** All values of that name in order. */
    public List<String> all(String name) {
        int index = indexOf(name, 0);
        if (index < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; index >= 0; index = indexOf(name, index + 1)) {
            values.add(value(index));
        }
        return values;
    }

    /** How many fields have that name. */
    public int count(String name) {
        int found = 0;
        for (int index = indexOf(name, 0); index >= 0; index = indexOf(name, index + 1)) {
            found++;
        }
        return found;
    }

    /** Whether a comma-separated field holds the token, ignoring case (RFC 9110, section 5.6.1). */
    public boolean hasToken(String name, String token) {
        for (int index = indexOf(name, 0); index >= 0; index = indexOf(name, index + 1)) {
            for (String member : value(index).split(",", -1)) {
                if (member.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Appends a field.
     *
     * @throws IllegalArgumentException if the name is no token or the value holds a control
     *     character, which would let a value forge a further field
     */
    public void add(String name, String value) {
        int start = used;
        int valueStart = begin(name, value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!Fields.isFieldValue(c)) {
                throw new IllegalArgumentException(
                        "the value of header '" + name + "' holds character " + (int) c);
            }
            bytes[valueStart + i] = (byte) c;
        }
        end(start, name.length(), value.length());
    }

    /** Appends a field with a decimal number. */
    public void add(String name, long value) {
        if (value < 0) {
            add(name, Long.toString(value));
            return;
        }
        int length = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            length++;
        }
        int start = used;
        int valueEnd = begin(name, length) + length;
        long rest = value;
        for (int i = 1; i <= length; i++) {
            bytes[valueEnd - i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        end(start, name.length(), length);
    }

    /** Makes a field's value; all of its bytes, and none that a value may not hold. */
    @FunctionalInterface
    public interface Value<T> {
        void write(T source, byte[] target, int at);
    }

    /**
     * Appends a field whose value {@code value} makes of {@code source}. A lambda that captures
     * nothing makes this free of garbage.
     */
    public <T> void add(String name, int length, T source, Value<T> value) {
        int start = used;
        int at = begin(name, length); // may make room elsewhere: bytes are looked at afterwards
        value.write(source, bytes, at);
        end(start, name.length(), length);
    }

    /** Writes a name and makes room for its value; where that goes. */
    private int begin(String name, int valueLength) {
        ensure(name.length() + valueLength);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Fields.isToken(c)) {
                throw new IllegalArgumentException("'" + name + "' is no header name");
            }
            bytes[used + i] = (byte) c;
        }
        return used + name.length();
    }

    private void end(int start, int nameLength, int valueLength) {
        used = start + nameLength + valueLength;
        slot(start, nameLength, valueLength);
    }

    /** Removes every field of that name, then appends. */
    public void set(String name, String value) {
        remove(Fields.lowerCase(name));
        add(name, value);
    }

    public void set(String name, long value) {
        remove(Fields.lowerCase(name));
        add(name, value);
    }

    /** Removes every field of that name and tells whether there was one. */
    public boolean remove(String name) {
        int index = indexOf(name, 0);
        if (index < 0) {
            return false;
        }
        for (; index >= 0; index = indexOf(name, index)) {
            removeAt(index);
        }
        return true;
    }

    /**
     * Removes every field of that name, also where it is spelled with {@code _} for {@code -}: many
     * apps read both spellings as one variable, so a name that is guarded is guarded in both.
     */
    public void removeSpellings(String name) {
        for (int index = count - 1; index >= 0; index--) {
            int at = index * WIDTH;
            if (slots[at + NAME_LENGTH] == name.length() && spells(name, slots[at + NAME])) {
                removeAt(index);
            }
        }
    }

    /** Removes every field whose name begins so, in the spellings of {@link #removeSpellings}. */
    public void removeStarting(String prefix) {
        for (int index = count - 1; index >= 0; index--) {
            int at = index * WIDTH;
            if (slots[at + NAME_LENGTH] >= prefix.length() && spells(prefix, slots[at + NAME])) {
                removeAt(index);
            }
        }
    }

    /** Whether there is such a field, in one of the spellings of {@link #removeSpellings}. */
    public boolean containsSpelling(String name) {
        return countSpellings(name) > 0;
    }

    /** How many such fields there are, in all the spellings of {@link #removeSpellings}. */
    public int countSpellings(String name) {
        int found = 0;
        for (int at = 0; at < count * WIDTH; at += WIDTH) {
            if (slots[at + NAME_LENGTH] == name.length() && spells(name, slots[at + NAME])) {
                found++;
            }
        }
        return found;
    }

    private boolean spells(String name, int start) {
        for (int i = 0; i < name.length(); i++) {
            int c = Fields.fold(bytes[start + i]);
            if ((c == '_' ? '-' : c) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void removeAt(int index) {
        int tail = (count - index - 1) * WIDTH;
        System.arraycopy(slots, (index + 1) * WIDTH, slots, index * WIDTH, tail);
        count--;
    }

    public void clear() {
        used = 0;
        count = 0;
    }

    /**
     * For codecs: appends a field whose bytes were already checked, from {@code source} at absolute
     * indexes.
     */
    public void append(ByteBuf source, int name, int nameLength, int value, int valueLength) {
        ensure(nameLength + valueLength);
        int start = used;
        source.getBytes(name, bytes, start, nameLength);
        source.getBytes(value, bytes, start + nameLength, valueLength);
        used += nameLength + valueLength;
        slot(start, nameLength, valueLength);
    }

    /** For codecs: appends a field whose bytes were already checked. */
    public void append(
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        ensure(nameLength + valueLength);
        int start = used;
        System.arraycopy(name, nameStart, bytes, start, nameLength);
        System.arraycopy(value, valueStart, bytes, start + nameLength, valueLength);
        used += nameLength + valueLength;
        slot(start, nameLength, valueLength);
    }

    /** For codecs: how much room its fields have taken, removed ones included. */
    public int bytesUsed() {
        return used;
    }

    /** For codecs: the {@code hashCode} of the field's name in lower case. */
    public int nameHash(int index) {
        return slots[index * WIDTH + HASH];
    }

    /** For codecs: whether the field has this name, given in lower case. */
    public boolean named(int index, String name) {
        int at = index * WIDTH;
        return slots[at + NAME_LENGTH] == name.length() && sameName(name, slots[at + NAME]);
    }

    /** For codecs: where all names and values are, until the next change; only to be read. */
    public byte[] array() {
        return bytes;
    }

    /** For codecs: the first field of that name, else -1. */
    public int indexOf(String name) {
        return indexOf(name, 0);
    }

    /** For codecs: where the field's value begins in {@link #array}. */
    public int valueStart(int index) {
        int at = index * WIDTH;
        return slots[at + NAME] + slots[at + NAME_LENGTH];
    }

    /** For codecs: how long the field's value is. */
    public int valueLength(int index) {
        return slots[index * WIDTH + VALUE_LENGTH];
    }

    /** For codecs: how long the field's name is. */
    public int nameLength(int index) {
        return slots[index * WIDTH + NAME_LENGTH];
    }

    /** For codecs: copies the name, in lower case, to the beginning of {@code target}. */
    public void copyLowerName(int index, byte[] target) {
        int start = slots[index * WIDTH + NAME];
        int length = slots[index * WIDTH + NAME_LENGTH];
        for (int i = 0; i < length; i++) {
            target[i] = (byte) Fields.fold(bytes[start + i]);
        }
    }

    /** For codecs: writes {@code name: value CRLF} for every field. */
    public void writeTo(ByteBuf target) {
        for (int at = 0; at < count * WIDTH; at += WIDTH) {
            target.writeBytes(bytes, slots[at + NAME], slots[at + NAME_LENGTH]);
            target.writeShort(Fields.COLON_SPACE);
            target.writeBytes(
                    bytes, slots[at + NAME] + slots[at + NAME_LENGTH], slots[at + VALUE_LENGTH]);
            target.writeShort(Fields.CRLF);
        }
    }

    /** The bytes {@link #writeTo} will write. */
    public int wireLength() {
        int length = 0;
        for (int at = 0; at < count * WIDTH; at += WIDTH) {
            length += slots[at + NAME_LENGTH] + slots[at + VALUE_LENGTH] + 4;
        }
        return length;
    }

    private int indexOf(String name, int from) {
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

    private boolean sameName(String name, int start) {
        for (int i = 0; i < name.length(); i++) {
            if (Fields.fold(bytes[start + i]) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The hash is that of the lower-case name's {@code String.hashCode()}. */
    private void slot(int name, int nameLength, int valueLength) {
        if (this == EMPTY) {
            throw new IllegalStateException("Headers.EMPTY is shared and takes no field");
        }
        int at = count * WIDTH;
        if (at == slots.length) {
            slots = Arrays.copyOf(slots, Math.max(8 * WIDTH, slots.length * 2));
        }
        int hash = 0;
        for (int i = name; i < name + nameLength; i++) {
            hash = 31 * hash + Fields.fold(bytes[i]);
        }
        slots[at + HASH] = hash;
        slots[at + NAME] = name;
        slots[at + NAME_LENGTH] = nameLength;
        slots[at + VALUE_LENGTH] = valueLength;
        count++;
    }

    private void ensure(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + more));
        }
    }

    private String text(int start, int length) {
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(name(i)).append(": ").append(value(i)).append('\n');
        }
        return text.toString();
    }
}
