package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.ca.AuthorityDocuments;
import dev.outrider.certs.ca.AuthorityState;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The authority's state as one Secret: all of it is written together, and only in the place of the
 * version that was read.
 */
final class StateSecret implements AuthorityDocuments.Place {
    /** Any text in it asks for another root; taken off when that is on its way. */
    static final String ROTATE = "outrider.dev/rotate-root";

    private final KubeApi api;
    private final String namespace;
    private final String name;

    /** A state, and the object it was read from. */
    record Kept(AuthorityState state, Map<String, @Nullable Object> object) {
        String version() {
            return Fields.resourceVersion(object);
        }
    }

    StateSecret(KubeApi api, String namespace, String name) {
        this.api = api;
        this.namespace = namespace;
        this.name = name;
    }

    /** Empty when there is none yet. */
    Optional<Kept> load() throws IOException, KubeException {
        Map<String, @Nullable Object> object = api.find(path()).orElse(null);
        return object == null ? Optional.empty() : Optional.of(read(object));
    }

    Kept read(Map<String, @Nullable Object> object) throws IOException {
        Map<String, String> documents = new LinkedHashMap<>();
        for (String key : Fields.texts(object, "data").keySet()) {
            try {
                byte[] bytes = Fields.secret(object, key).orElseThrow();
                documents.put(key, new String(bytes, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new IOException(of(key) + " is not base64; " + mend(), e);
            }
        }
        boolean asked = !Fields.annotations(object).getOrDefault(ROTATE, "").isEmpty();
        return new Kept(AuthorityDocuments.read(documents, this).requested(asked), object);
    }

    /** A conflict when somebody was faster. */
    Kept create(AuthorityState state) throws IOException, KubeException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "v1");
        object.put("kind", "Secret");
        object.put("type", "Opaque");
        object.put(
                "metadata",
                Map.of(
                        "name",
                        name,
                        "namespace",
                        namespace,
                        "labels",
                        Map.of("app.kubernetes.io/managed-by", "outrider")));
        object.put("data", data(state));
        return read(api.create(Resource.SECRETS.in(namespace), object));
    }

    /** A conflict when {@code before} is no longer the newest. What else it carries stays. */
    Kept replace(Kept before, AuthorityState after) throws IOException, KubeException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>(before.object());
        Map<String, @Nullable Object> metadata = Fields.map(object, "metadata");
        Map<String, String> annotations = Fields.texts(metadata, "annotations");
        if (after.rotationRequested()) {
            annotations.putIfAbsent(ROTATE, "requested");
        } else {
            annotations.remove(ROTATE);
        }
        metadata.put("annotations", annotations);
        object.put("metadata", metadata);
        object.put("data", data(after));
        return read(api.replace(path(), object));
    }

    String path() {
        return Resource.SECRETS.named(namespace, name);
    }

    @Override
    public String of(String document) {
        return "Secret " + namespace + "/" + name + ", key '" + document + "',";
    }

    @Override
    public String mend() {
        return "restore it from a backup; where a replica still runs with the good state, delete"
                + " the Secret and it is written again";
    }

    private static Map<String, String> data(AuthorityState state) {
        Map<String, String> data = new LinkedHashMap<>();
        AuthorityDocuments.write(state)
                .forEach((key, text) ->
                        data.put(
                                key,
                                Base64.getEncoder()
                                        .encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        return data;
    }
}
