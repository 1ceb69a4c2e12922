package dev.outrider.sidecar.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer fields in order, names in the case they came in: what filters read and change.
 * A value becomes a {@code String} only when somebody asks for it; {@link FieldTable} has the
 * bytes. Those above 127 are read as ISO-8859-1 and written back unchanged (RFC 9110, section 5.5).
 *
 * <p>Look-ups take the name in lower case. Not thread-safe.
 */
public final class Headers extends FieldTable {
    /** No fields, for a message without trailers; refuses additions. */
    public static final Headers EMPTY = new Headers(0, 0);

    public Headers() {
        this(512, 16);
    }

    public Headers(int expectedBytes, int expectedFields) {
        super(expectedBytes, expectedFields);
    }

    private Headers(Headers other) {
        super(other);
    }

    public Headers copy() {
        return new Headers(this);
    }

    public String name(int index) {
        return text(nameStart(index), nameLength(index));
    }

    public String value(int index) {
        return text(valueStart(index), valueLength(index));
    }

    private String text(int start, int length) {
        return new String(array(), start, length, StandardCharsets.ISO_8859_1);
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
        return index < 0 ? null : field(index);
    }

    private FieldValue field(int index) {
        int start = valueStart(index);
        return new FieldValue(array(), start, start + valueLength(index));
    }

    /** All values of that name where they stand, in order. */
    public List<FieldValue> fields(String name) {
        int index = indexOf(name, 0);
        if (index < 0) {
            return List.of();
        }
        List<FieldValue> values = new ArrayList<>(1);
        for (; index >= 0; index = indexOf(name, index + 1)) {
            values.add(field(index));
        }
        return values;
    }

    /** The length of the first value of that name, else -1. */
    public int valueLength(String name) {
        int index = indexOf(name, 0);
        return index < 0 ? -1 : valueLength(index);
    }

    /** Whether the first value of that name starts with {@code prefix}, which is ASCII. */
    public boolean valueStartsWith(String name, String prefix) {
        int index = indexOf(name, 0);
        if (index < 0 || valueLength(index) < prefix.length()) {
            return false;
        }
        byte[] bytes = array();
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
        int at = begin(name, value.length());
        byte[] target = array();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!Fields.isFieldValue(c)) {
                throw new IllegalArgumentException(
                        "the value of header '" + name + "' holds character " + (int) c);
            }
            target[at + i] = (byte) c;
        }
        end(name.length(), value.length());
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
        int valueEnd = begin(name, length) + length;
        byte[] target = array();
        long rest = value;
        for (int i = 1; i <= length; i++) {
            target[valueEnd - i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        end(name.length(), length);
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
        int at = begin(name, length); // may make room elsewhere: the array is asked afterwards
        value.write(source, array(), at);
        end(name.length(), length);
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
        for (int index = size() - 1; index >= 0; index--) {
            if (nameLength(index) == name.length() && spells(name, index)) {
                removeAt(index);
            }
        }
    }

    /** Removes every field whose name begins so, in the spellings of {@link #removeSpellings}. */
    public void removeStarting(String prefix) {
        for (int index = size() - 1; index >= 0; index--) {
            if (nameLength(index) >= prefix.length() && spells(prefix, index)) {
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
        for (int index = 0; index < size(); index++) {
            if (nameLength(index) == name.length() && spells(name, index)) {
                found++;
            }
        }
        return found;
    }

    /** Whether the field's name begins so. */
    private boolean spells(String name, int index) {
        byte[] bytes = array();
        int start = nameStart(index);
        for (int i = 0; i < name.length(); i++) {
            int c = Fields.fold(bytes[start + i]);
            if ((c == '_' ? '-' : c) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size(); i++) {
            text.append(name(i)).append(": ").append(value(i)).append('\n');
        }
        return text.toString();
    }
}
