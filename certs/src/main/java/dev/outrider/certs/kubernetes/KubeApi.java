package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import dev.outrider.certs.kubernetes.KubeHttp.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the API server by path ({@link Resource} makes them). Blocking, for any number of
 * virtual threads; nothing is retried here, since only the caller knows whether a change may be
 * made twice.
 */
public final class KubeApi implements AutoCloseable {
    /** Where the kubelet puts a pod's own token and the cluster's CA. */
    public static final Path SERVICE_ACCOUNT =
            Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final int MOST_ITEMS = 250_000;
    private static final byte[] NOTHING = new byte[0];

    private final KubeHttp http;
    private final Limits limits;

    /**
     * Bounds of each call.
     *
     * @param connect until a connection stands
     * @param request altogether, for one page of a list
     * @param largestAnswer in bytes, for one page of a list
     * @param page how many objects are asked for at once
     */
    public record Limits(Duration connect, Duration request, int largestAnswer, int page) {
        public static final Limits DEFAULTS =
                new Limits(Duration.ofSeconds(5), Duration.ofSeconds(15), 32 << 20, 250);

        public Limits withRequest(Duration request) {
            return new Limits(connect, request, largestAnswer, page);
        }
    }

    /** How a change is written (the API's media types). */
    public enum PatchType {
        /** RFC 7396: null removes a member, a list replaces a list. */
        MERGE("application/merge-patch+json"),
        /** RFC 6902; the body is a list of operations. */
        JSON("application/json-patch+json"),
        /** Server-side apply; needs {@link #apply}'s field manager. */
        APPLY("application/apply-patch+yaml");

        private final String mediaType;

        PatchType(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    /**
     * A whole collection at one moment.
     *
     * @param resourceVersion to watch from
     */
    public record Listing(List<Map<String, @Nullable Object>> items, String resourceVersion) {}

    /**
     * @param server {@code https://host:port}
     * @param token asked for each request, so that it may rotate; empty for none
     * @param tls null for the JDK's own trust
     */
    public KubeApi(URI server, Supplier<String> token, @Nullable SSLContext tls, Limits limits) {
        this(new KubeHttp(server, token, tls, limits.connect()), limits);
    }

    public KubeApi(URI server, Supplier<String> token, @Nullable SSLContext tls) {
        this(server, token, tls, Limits.DEFAULTS);
    }

    private KubeApi(KubeHttp http, Limits limits) {
        this.http = http;
        this.limits = limits;
    }

    /** As a pod of the cluster: its own token and CA, both followed when they are replaced. */
    public static KubeApi inCluster() throws IOException {
        return inCluster(System.getenv(), SERVICE_ACCOUNT);
    }

    /** The same with the environment and the directory given. */
    public static KubeApi inCluster(Map<String, String> environment, Path serviceAccount)
            throws IOException {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            throw new IOException(
                    "KUBERNETES_SERVICE_HOST is not set: this is no pod of a Kubernetes cluster");
        }
        Path tokenFile = serviceAccount.resolve("token");
        RotatedFile token = new RotatedFile(tokenFile);
        try {
            token.read();
            String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            return new KubeApi(
                    URI.create("https://" + shown + ":" + port),
                    () -> strippedText(token),
                    ClusterTrust.context(serviceAccount.resolve("ca.crt")));
        } catch (IOException e) {
            throw new IOException(
                    "the pod's service account cannot be used ("
                            + e
                            + "); set automountServiceAccountToken: true or mount one at "
                            + serviceAccount,
                    e);
        }
    }

    /** The same connections with another deadline for each request. Closed with this one. */
    public KubeApi within(Duration request) {
        return new KubeApi(http, limits.withRequest(request));
    }

    public Map<String, @Nullable Object> get(String path) throws KubeException {
        return ask(new Call(Target.of("get", path), "GET", path, "", NOTHING));
    }

    /** Empty when it is not there. */
    public Optional<Map<String, @Nullable Object>> find(String path) throws KubeException {
        try {
            return Optional.of(get(path));
        } catch (KubeException e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * All pages of a collection. When the server forgets the list between two pages, it is begun
     * again once; a second time is an exception ({@link KubeException#expired}).
     */
    public Listing list(String path, Selector selector) throws KubeException {
        return list(path, selector, UnaryOperator.identity());
    }

    /** The same with only a part of each object kept, page by page. */
    public Listing list(
            String path, Selector selector, UnaryOperator<Map<String, @Nullable Object>> trim)
            throws KubeException {
        try {
            return pages(path, selector, trim);
        } catch (KubeException e) {
            if (e.expired()) {
                return pages(path, selector, trim);
            }
            throw e;
        }
    }

    /** Makes an object in a collection's path; a conflict when there is one of that name. */
    public Map<String, @Nullable Object> create(String path, Map<String, ?> body)
            throws KubeException {
        return ask(change("create", "POST", path, "application/json", body));
    }

    /**
     * Puts {@code body} in the object's place; a conflict when its {@code metadata.resourceVersion}
     * is no longer the newest.
     */
    public Map<String, @Nullable Object> replace(String path, Map<String, ?> body)
            throws KubeException {
        return ask(change("update", "PUT", path, "application/json", body));
    }

    /** {@code body} is a map, for {@link PatchType#JSON} a list of operations. */
    public Map<String, @Nullable Object> patch(String path, PatchType type, Object body)
            throws KubeException {
        return ask(change("patch", "PATCH", path, type.mediaType, body));
    }

    /** Server-side apply, taking over fields that another manager holds. */
    public Map<String, @Nullable Object> apply(
            String path, String fieldManager, Map<String, ?> body) throws KubeException {
        String query = path + "?force=true&fieldManager=" + encoded(fieldManager);
        Call call = change("patch", "PATCH", path, PatchType.APPLY.mediaType, body);
        return ask(new Call(call.target(), call.method(), query, call.type(), call.body()));
    }

    public void delete(String path) throws KubeException {
        ask(new Call(Target.of("delete", path), "DELETE", path, "", NOTHING));
    }

    /** Changes after {@code resourceVersion}. The caller closes it. */
    public Watch watch(String path, Selector selector, String resourceVersion, Watch.Span span)
            throws KubeException {
        String query =
                path
                        + "?watch=true&allowWatchBookmarks=true&resourceVersion="
                        + encoded(resourceVersion)
                        + "&timeoutSeconds="
                        + Math.max(1, span.total().toSeconds())
                        + selection(selector);
        Target target = Target.of("watch", path);
        Call call = new Call(target, "GET", query, "", NOTHING);
        return new Watch(http.open(call, limits.request()), target, span);
    }

    @Override
    public void close() {
        http.close();
    }

    private Listing pages(
            String path, Selector selector, UnaryOperator<Map<String, @Nullable Object>> trim)
            throws KubeException {
        Target target = Target.of("list", path);
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        String more = "";
        while (true) {
            String query = path + "?limit=" + limits.page() + selection(selector) + more;
            Map<String, @Nullable Object> page = ask(new Call(target, "GET", query, "", NOTHING));
            for (Object item : Fields.list(page, "items")) {
                items.add(trim.apply(Fields.map(item)));
            }
            if (items.size() > MOST_ITEMS) {
                throw KubeFailures.tooLarge(target, "more than " + MOST_ITEMS + " objects");
            }
            String next = Fields.text(page, "metadata", "continue").orElse("");
            if (next.isEmpty()) {
                String version = Fields.resourceVersion(page);
                if (version.isEmpty()) {
                    throw KubeFailures.malformed(target, "a list without a version", null);
                }
                return new Listing(items, version);
            }
            more = "&continue=" + encoded(next);
        }
    }

    private Map<String, @Nullable Object> ask(Call call) throws KubeException {
        byte[] answer = http.send(call, limits.request(), limits.largestAnswer());
        try {
            return Json.object(answer);
        } catch (IllegalArgumentException e) {
            throw KubeFailures.malformed(call.target(), String.valueOf(e.getMessage()), e);
        }
    }

    private static Call change(String verb, String method, String path, String type, Object body) {
        byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        return new Call(Target.of(verb, path), method, path, type, bytes);
    }

    private static String selection(Selector selector) {
        String labels =
                selector.labels().isEmpty() ? "" : "&labelSelector=" + encoded(selector.labels());
        return selector.fields().isEmpty()
                ? labels
                : labels + "&fieldSelector=" + encoded(selector.fields());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String strippedText(RotatedFile token) {
        try {
            return token.read().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
