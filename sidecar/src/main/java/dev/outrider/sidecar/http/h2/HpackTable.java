package dev.outrider.sidecar.http.h2;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * HPACK's dynamic table as the writer of header blocks has it (RFC 7541, section 2.3.2). To look a
 * field up makes no object; what goes in is copied.
 */
final class HpackTable {
    static final int DEFAULT_SIZE = 4096;

    /** What a peer may make us keep, however much it offers. */
    static final int MOST_SIZE = 64 * 1024;

    /** What a field counts for beyond its bytes (section 4.1). */
    static final int OVERHEAD = 32;

    /** The index of the newest field, behind the static table. */
    private static final int FIRST = 62;

    private static final int BUCKETS = 64;
    private static final int HASHED = 32;

    private final @Nullable Field[] fields = new Field[BUCKETS];

    /** Of those whose names share a bucket, the newest. */
    private final @Nullable Field[] names = new Field[BUCKETS];

    private @Nullable Field oldest;
    private @Nullable Field newest;
    private int added;
    private int size;
    private int most = DEFAULT_SIZE;

    private static final class Field {
        final byte[] bytes;
        final int nameLength;
        final int nameHash;
        final int hash;
        final int number;
        @Nullable Field inBucket;
        @Nullable Field newer;

        Field(byte[] bytes, int nameLength, int nameHash, int hash, int number) {
            this.bytes = bytes;
            this.nameLength = nameLength;
            this.nameHash = nameHash;
            this.hash = hash;
            this.number = number;
        }

        boolean named(byte[] name, int length) {
            return nameLength == length && Arrays.equals(bytes, 0, length, name, 0, length);
        }

        boolean holds(byte[] value, int start, int length) {
            int end = nameLength + length;
            return bytes.length == end
                    && Arrays.equals(bytes, nameLength, end, value, start, start + length);
        }

        int size() {
            return bytes.length + OVERHEAD;
        }
    }

    int most() {
        return most;
    }

    void most(int most) {
        this.most = most;
        shrink(most);
    }

    /** Ends differ more often than beginnings do, and a token is long. */
    private static int hash(int nameHash, byte[] value, int start, int length) {
        int hash = 31 * nameHash + length;
        for (int i = start + Math.max(0, length - HASHED); i < start + length; i++) {
            hash = 31 * hash + value[i];
        }
        return hash;
    }

    private static int bucket(int hash) {
        return (hash ^ hash >>> 16) & BUCKETS - 1;
    }

    private int index(Field field) {
        return FIRST + added - 1 - field.number;
    }

    /** The index of a field, or 0. The name is in lower case, and begins its array. */
    int find(byte[] name, int nameLength, int nameHash, byte[] value, int start, int length) {
        int hash = hash(nameHash, value, start, length);
        Field field = fields[bucket(hash)];
        while (field != null
                && !(field.hash == hash
                        && field.named(name, nameLength)
                        && field.holds(value, start, length))) {
            field = field.inBucket;
        }
        return field == null ? 0 : index(field);
    }

    /** The index of a field of that name, or 0 though there may be one. */
    int findName(byte[] name, int nameLength, int nameHash) {
        Field field = names[bucket(nameHash)];
        return field != null && field.nameHash == nameHash && field.named(name, nameLength)
                ? index(field)
                : 0;
    }

    boolean fits(int nameLength, int valueLength) {
        return nameLength + valueLength + OVERHEAD <= most;
    }

    /** Adds a field that {@link #fits}. */
    void add(byte[] name, int nameLength, int nameHash, byte[] value, int start, int length) {
        shrink(most - nameLength - length - OVERHEAD);
        byte[] bytes = Arrays.copyOf(name, nameLength + length);
        System.arraycopy(value, start, bytes, nameLength, length);
        int hash = hash(nameHash, value, start, length);
        int at = bucket(hash);
        Field field = new Field(bytes, nameLength, nameHash, hash, added++);
        field.inBucket = fields[at];
        fields[at] = field;
        names[bucket(nameHash)] = field;
        if (newest == null) {
            oldest = field;
        } else {
            newest.newer = field;
        }
        newest = field;
        size += field.size();
    }

    private void shrink(int to) {
        for (Field field = oldest; field != null && size > to; field = oldest) {
            size -= field.size();
            oldest = field.newer;
            unlink(field);
        }
        if (oldest == null) {
            newest = null;
        }
    }

    /** The oldest field is the last of its bucket. */
    private void unlink(Field field) {
        int at = bucket(field.hash);
        Field before = fields[at];
        if (before == field) {
            fields[at] = null;
        }
        while (before != null && before != field) {
            if (before.inBucket == field) {
                before.inBucket = null;
            }
            before = before.inBucket;
        }
        int name = bucket(field.nameHash);
        if (names[name] == field) {
            names[name] = null;
        }
    }
}
