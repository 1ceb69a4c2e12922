package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The objects, one version counter over all of them, and the log of changes that watches read.
 * Guarded by itself; whoever waits for a change waits on it.
 */
final class FakeObjects {
    /** Where an object lives. */
    record Key(String group, String resource, String namespace, String name)
            implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return (group + "/" + resource + "/" + namespace + "/" + name)
                    .compareTo(
                            other.group
                                    + "/"
                                    + other.resource
                                    + "/"
                                    + other.namespace
                                    + "/"
                                    + other.name);
        }

        boolean inside(Key collection) {
            return group.equals(collection.group)
                    && resource.equals(collection.resource)
                    && (collection.namespace.isEmpty() || namespace.equals(collection.namespace));
        }
    }

    /** One change; {@code before} is null for a creation, {@code after} for a deletion. */
    record Change(
            long version,
            Key key,
            @Nullable Map<String, @Nullable Object> before,
            @Nullable Map<String, @Nullable Object> after) {}

    private final TreeMap<Key, Map<String, @Nullable Object>> objects = new TreeMap<>();
    private final List<Change> log = new ArrayList<>();
    private long version = 1000;
    private long forgotten = 1000;
    private long beforeCompaction = 1000;

    synchronized long version() {
        return version;
    }

    /** The oldest version a watch may start from. */
    synchronized long forgotten() {
        return forgotten;
    }

    /** A watch that had come as far as this lost nothing. */
    synchronized long beforeCompaction() {
        return beforeCompaction;
    }

    /** Forgets the history: older versions are answered with 410. */
    synchronized void compact() {
        beforeCompaction = version;
        version++;
        log.clear();
        forgotten = version;
        notifyAll();
    }

    synchronized @Nullable Map<String, @Nullable Object> find(Key key) {
        Map<String, @Nullable Object> object = objects.get(key);
        return object == null ? null : copy(object);
    }

    synchronized List<Map<String, @Nullable Object>> list(Key collection) {
        List<Map<String, @Nullable Object>> found = new ArrayList<>();
        for (Map.Entry<Key, Map<String, @Nullable Object>> entry : objects.entrySet()) {
            if (entry.getKey().inside(collection)) {
                found.add(copy(entry.getValue()));
            }
        }
        return found;
    }

    synchronized boolean namespaceExists(String name) {
        return objects.containsKey(new Key("", "namespaces", "", name));
    }

    /** Writes without asking for versions; what is the same already stays as it is. */
    synchronized Map<String, @Nullable Object> store(Key key, Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> before = objects.get(key);
        Map<String, @Nullable Object> object = copy(body);
        Map<String, @Nullable Object> metadata = Fields.map(object, "metadata");
        Map<String, @Nullable Object> kept = Fields.map(before, "metadata");
        metadata.put("name", key.name());
        if (!key.namespace().isEmpty()) {
            metadata.put("namespace", key.namespace());
        }
        metadata.put("uid", kept.getOrDefault("uid", UUID.randomUUID().toString()));
        metadata.put(
                "creationTimestamp",
                kept.getOrDefault("creationTimestamp", "2026-03-01T12:00:00Z"));
        metadata.put("resourceVersion", kept.get("resourceVersion"));
        object.put("metadata", metadata);
        if (before != null && object.equals(before)) {
            return copy(before);
        }
        metadata.put("resourceVersion", Long.toString(++version));
        objects.put(key, object);
        log.add(new Change(version, key, before, copy(object)));
        notifyAll();
        return copy(object);
    }

    synchronized @Nullable Map<String, @Nullable Object> remove(Key key) {
        Map<String, @Nullable Object> before = objects.remove(key);
        if (before == null) {
            return null;
        }
        version++;
        log.add(new Change(version, key, before, null));
        if (key.resource().equals("namespaces")) {
            List.copyOf(objects.keySet()).stream()
                    .filter(inside -> inside.namespace().equals(key.name()))
                    .forEach(this::remove);
        }
        notifyAll();
        return copy(before);
    }

    /** Changes of {@code collection} after {@code from}, or null when they are forgotten. */
    synchronized @Nullable List<Change> since(Key collection, long from) {
        if (from < forgotten) {
            return null;
        }
        return log.stream()
                .filter(change -> change.version() > from && change.key().inside(collection))
                .toList();
    }

    static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> object) {
        return new LinkedHashMap<>(Json.object(Json.write(object)));
    }
}
