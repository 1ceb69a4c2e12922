package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What each verb does to the objects, in the words of the API's documentation. */
final class FakeVerbs {
    private final FakeObjects objects;
    private final Map<String, Rest> rests = new ConcurrentHashMap<>();

    /** What is left of a list that was given out in pages. */
    private record Rest(List<Map<String, @Nullable Object>> items, long version) {}

    FakeVerbs(FakeObjects objects) {
        this.objects = objects;
    }

    void expireContinues() {
        rests.clear();
    }

    FakeAnswer get(FakeRequest request) {
        Map<String, @Nullable Object> object = objects.find(request.key());
        return object == null ? notFound(request) : FakeAnswer.ok(object);
    }

    FakeAnswer list(FakeRequest request) {
        String token = request.query().getOrDefault("continue", "");
        Rest rest;
        if (token.isEmpty()) {
            synchronized (objects) {
                List<Map<String, @Nullable Object>> all =
                        objects.list(request.key()).stream()
                                .filter(request.selection()::matches)
                                .toList();
                rest = new Rest(all, objects.version());
            }
        } else {
            Rest kept = rests.remove(token);
            if (kept == null) {
                return FakeAnswer.failure(
                        410, "Expired", "The provided continue parameter is too old");
            }
            rest = kept;
        }
        int limit = Integer.parseInt(request.query().getOrDefault("limit", "0"));
        int count = limit == 0 ? rest.items().size() : Math.min(limit, rest.items().size());
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", Long.toString(rest.version()));
        if (count < rest.items().size()) {
            String next = UUID.randomUUID().toString();
            rests.put(
                    next,
                    new Rest(rest.items().subList(count, rest.items().size()), rest.version()));
            metadata.put("continue", next);
            metadata.put("remainingItemCount", rest.items().size() - count);
        }
        return FakeAnswer.ok(
                Map.of(
                        "kind",
                        "List",
                        "apiVersion",
                        "v1",
                        "metadata",
                        metadata,
                        "items",
                        rest.items().subList(0, count)));
    }

    FakeAnswer create(FakeRequest request) {
        Map<String, @Nullable Object> body = Json.object(request.body());
        String name = Fields.name(body);
        if (name.isEmpty()) {
            Optional<String> prefix = Fields.text(body, "metadata", "generateName");
            if (prefix.isEmpty()) {
                return invalid("name or generateName is required");
            }
            name = prefix.get() + UUID.randomUUID().toString().substring(0, 5);
        }
        synchronized (objects) {
            FakeObjects.Key key = named(request.key(), name);
            if (!key.namespace().isEmpty() && !objects.namespaceExists(key.namespace())) {
                return FakeAnswer.failure(
                        404, "NotFound", "namespaces \"" + key.namespace() + "\" not found");
            }
            if (!Fields.resourceVersion(body).isEmpty()) {
                return invalid("resourceVersion should not be set on objects to be created");
            }
            if (objects.find(key) != null) {
                return FakeAnswer.failure(
                        409, "AlreadyExists", key.resource() + " \"" + name + "\" already exists");
            }
            return FakeAnswer.created(objects.store(key, withStringData(key, body)));
        }
    }

    FakeAnswer update(FakeRequest request) {
        Map<String, @Nullable Object> body = Json.object(request.body());
        synchronized (objects) {
            Map<String, @Nullable Object> before = objects.find(request.key());
            if (before == null) {
                return notFound(request);
            }
            String version = Fields.resourceVersion(body);
            if (version.isEmpty() && request.resource().equals("leases")) {
                return invalid("metadata.resourceVersion: must be specified for an update");
            }
            return put(request, before, body, version);
        }
    }

    FakeAnswer patch(FakeRequest request) {
        synchronized (objects) {
            Map<String, @Nullable Object> before = objects.find(request.key());
            boolean apply = request.contentType().startsWith("application/apply-patch+");
            if (apply && !request.query().containsKey("fieldManager")) {
                return FakeAnswer.failure(400, "BadRequest", "fieldManager is required for apply");
            }
            if (before == null) {
                return apply
                        ? FakeAnswer.created(
                                objects.store(request.key(), Json.object(request.body())))
                        : notFound(request);
            }
            try {
                Map<String, @Nullable Object> after;
                if (request.contentType().equals("application/json-patch+json")) {
                    String wrapped = "{\"list\":" + request.body() + "}";
                    after = FakePatch.json(before, Fields.list(Json.object(wrapped), "list"));
                } else if (apply || request.contentType().equals("application/merge-patch+json")) {
                    after = FakePatch.merge(before, Json.object(request.body()));
                } else {
                    return FakeAnswer.failure(415, "UnsupportedMediaType", request.contentType());
                }
                return put(request, before, after, Fields.resourceVersion(after));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                return invalid(String.valueOf(e.getMessage()));
            }
        }
    }

    FakeAnswer delete(FakeRequest request) {
        Map<String, @Nullable Object> gone = objects.remove(request.key());
        return gone == null ? notFound(request) : FakeAnswer.ok(gone);
    }

    private FakeAnswer put(
            FakeRequest request,
            Map<String, @Nullable Object> before,
            Map<String, @Nullable Object> after,
            String version) {
        if (!version.isEmpty() && !version.equals(Fields.resourceVersion(before))) {
            return FakeAnswer.failure(
                    409,
                    "Conflict",
                    "Operation cannot be fulfilled on %s \"%s\": the object has been modified; please apply your changes to the latest version and try again"
                            .formatted(request.resource(), request.name()));
        }
        if (Fields.flag(before, "immutable")
                && !Objects.equals(before.get("data"), after.get("data"))) {
            return invalid("data: Forbidden: field is immutable when `immutable` is set");
        }
        return FakeAnswer.ok(objects.store(request.key(), withStringData(request.key(), after)));
    }

    /** A Secret may be written in plain text; it is kept and given out in base64. */
    private static Map<String, @Nullable Object> withStringData(
            FakeObjects.Key key, Map<String, @Nullable Object> body) {
        Map<String, String> plain = Fields.texts(body, "stringData");
        if (!key.resource().equals("secrets") || plain.isEmpty()) {
            return body;
        }
        Map<String, @Nullable Object> data = Fields.map(body, "data");
        plain.forEach((name, text) ->
                data.put(
                        name,
                        Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(body);
        kept.remove("stringData");
        kept.put("data", data);
        return kept;
    }

    private static FakeObjects.Key named(FakeObjects.Key collection, String name) {
        return new FakeObjects.Key(
                collection.group(), collection.resource(), collection.namespace(), name);
    }

    private static FakeAnswer notFound(FakeRequest request) {
        return FakeAnswer.failure(
                404, "NotFound", request.resource() + " \"" + request.name() + "\" not found");
    }

    private static FakeAnswer invalid(String message) {
        return FakeAnswer.failure(422, "Invalid", message);
    }
}
