package dev.outrider.certs.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.Json;
import dev.outrider.certs.Pem;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the part of the Kubernetes API that Outrider uses, over real HTTP or HTTPS on loopback:
 * any kind of object by its path, versions and conflicts, lists in pages, watches with selectors
 * and bookmarks, 410 for forgotten versions, three kinds of patch, TokenReview, eviction. Its
 * behaviour is taken from the Kubernetes documentation; it was never compared with a real server.
 * What goes wrong, and when, is the test's to say.
 */
public final class FakeKubernetes implements AutoCloseable {
    /** Deadlines that a busy machine does not reach. */
    public static final KubeApi.Limits PATIENT =
            new KubeApi.Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 32 << 20, 250);

    static {
        // Two small writes make an answer: without this each one waits for the other side's ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final FakeObjects objects = new FakeObjects();
    private final FakeVerbs verbs = new FakeVerbs(objects);
    private final FakeTokens tokens = new FakeTokens();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final @Nullable CertificateAuthority authority;
    private final List<Function<FakeRequest, @Nullable FakeAnswer>> scripts =
            new CopyOnWriteArrayList<>();
    private final List<FakeRequest> requests = new CopyOnWriteArrayList<>();
    private final Set<FakeWatch> watches = ConcurrentHashMap.newKeySet();
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile boolean expiresInStream;
    private volatile String minor = "33";

    private FakeKubernetes(HttpServer server, @Nullable CertificateAuthority authority) {
        this.server = server;
        this.authority = authority;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Over plain HTTP, which is enough for most tests. */
    public static FakeKubernetes start() throws IOException {
        return new FakeKubernetes(HttpServer.create(loopback(), 0), null);
    }

    /** Over HTTPS with a CA of its own ({@link #serviceAccount}). */
    public static FakeKubernetes startTls() throws IOException, GeneralSecurityException {
        CertificateAuthority authority = FakeTls.authority();
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(FakeTls.context(authority)));
        return new FakeKubernetes(server, authority);
    }

    public URI uri() {
        return URI.create(
                (authority == null ? "http" : "https")
                        + "://127.0.0.1:"
                        + server.getAddress().getPort());
    }

    /** A client of the plain server. The caller closes it. */
    public KubeApi api() {
        return new KubeApi(uri(), () -> "", null, PATIENT);
    }

    /** Lays out what the kubelet mounts; the environment that goes with it. */
    public Map<String, String> serviceAccount(Path directory, String token) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("token"), token);
        Files.writeString(directory.resolve("ca.crt"), caPem());
        Files.writeString(directory.resolve("namespace"), "outrider-system");
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getAddress().getPort()));
    }

    public String caPem() {
        return authority == null ? "" : Pem.encode(authority.bundle().roots());
    }

    // Objects, written behind the API's back.

    /** Makes or replaces an object without asking for versions; its namespace comes along. */
    public Map<String, @Nullable Object> put(String path, Map<String, ?> body) {
        FakeObjects.Key key = key(path);
        if (!key.namespace().isEmpty() && !objects.namespaceExists(key.namespace())) {
            namespace(key.namespace(), Map.of());
        }
        return objects.store(key, Json.object(Json.write(body)));
    }

    public void namespace(String name, Map<String, String> labels) {
        put(
                Resource.NAMESPACES.named(name),
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Namespace",
                        "metadata",
                        Map.of("name", name, "labels", labels),
                        "status",
                        Map.of("phase", "Active")));
    }

    public Optional<Map<String, @Nullable Object>> find(String path) {
        return Optional.ofNullable(objects.find(key(path)));
    }

    public void delete(String path) {
        objects.remove(key(path));
    }

    public long version() {
        return objects.version();
    }

    // Tokens.

    /** From the first one on, calls without an accepted token are answered with 401. */
    public void accept(String token) {
        accepted.add(token);
    }

    public void reject(String token) {
        accepted.remove(token);
    }

    /** A token that TokenReview finds good for {@code audiences} until {@code expires}. */
    public String issueToken(
            String namespace, String account, List<String> audiences, Instant expires) {
        return tokens.issue(namespace, account, "a-pod", audiences, expires);
    }

    public void revokeToken(String token) {
        tokens.revoke(token);
    }

    /** What TokenReview takes for now. */
    public void clock(InstantSource clock) {
        tokens.clock(clock);
    }

    public void serverMinor(String version) {
        minor = version;
    }

    // Watches and versions.

    /** Forgets all history: watches from older versions and lists half given out get 410. */
    public void compact() {
        objects.compact();
        verbs.expireContinues();
    }

    /** Whether 410 to a watch comes as an event in a stream instead of a status. */
    public void expireInStream(boolean inStream) {
        expiresInStream = inStream;
    }

    public void bookmark() {
        watches.forEach(FakeWatch::bookmark);
    }

    /** In the middle of the stream, as when a connection is lost. */
    public void dropWatches() {
        watches.forEach(watch -> watch.order(FakeWatch.Order.DROP));
    }

    /** As at their timeout. */
    public void endWatches() {
        watches.forEach(watch -> watch.order(FakeWatch.Order.END));
    }

    public void sayInWatches(String line) {
        watches.forEach(watch -> watch.say(line));
    }

    /** May count ones whose client has just gone. */
    public int openWatches() {
        return watches.size();
    }

    /** How many were opened so far. */
    public int openedWatches() {
        return opened.get();
    }

    // Trouble.

    /** Asked before anything else about each request; null lets it pass. Newest first. */
    public void script(Function<FakeRequest, @Nullable FakeAnswer> script) {
        scripts.addFirst(script);
    }

    /** The next {@code times} requests of that kind get {@code answer}. */
    public void answer(String verb, String resource, int times, FakeAnswer answer) {
        AtomicInteger left = new AtomicInteger(times);
        script(request ->
                request.verb().equals(verb)
                                && request.resource().equals(resource)
                                && left.getAndDecrement() > 0
                        ? answer
                        : null);
    }

    public void forbid(String verb, String resource) {
        answer(
                verb,
                resource,
                Integer.MAX_VALUE,
                FakeAnswer.failure(
                        403,
                        "Forbidden",
                        "%s is forbidden: User \"system:serviceaccount:outrider-system:test\" cannot %s resource \"%s\""
                                .formatted(resource, verb, resource)));
    }

    /** Requests of that kind wait until the latch is open. */
    public void hold(String verb, String resource, CountDownLatch until) {
        script(request -> {
            if (request.verb().equals(verb) && request.resource().equals(resource)) {
                try {
                    until.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return null;
        });
    }

    /** Forgets all scripts. */
    public void behave() {
        scripts.clear();
    }

    /** All requests so far, oldest first. */
    public List<FakeRequest> requests() {
        return List.copyOf(requests);
    }

    public long count(String verb, String resource) {
        return requests.stream()
                .filter(r -> r.verb().equals(verb) && r.resource().equals(resource))
                .count();
    }

    @Override
    public void close() {
        dropWatches();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        FakeRequest request = FakeRequest.of(exchange);
        requests.add(request);
        FakeAnswer answer = scripted(request);
        if (answer == null && request.verb().equals("watch")) {
            answer = watch(exchange, request);
        } else if (answer == null) {
            answer = answer(request);
        }
        if (answer != null) {
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private @Nullable FakeAnswer scripted(FakeRequest request) {
        if (!accepted.isEmpty() && !accepted.contains(request.token())) {
            return FakeAnswer.failure(401, "Unauthorized", "Unauthorized");
        }
        for (Function<FakeRequest, @Nullable FakeAnswer> script : scripts) {
            FakeAnswer answer = script.apply(request);
            if (answer != null) {
                return answer;
            }
        }
        return null;
    }

    private FakeAnswer answer(FakeRequest request) {
        if (request.path().equals("/version")) {
            return FakeAnswer.ok(
                    Map.of("major", "1", "minor", minor, "gitVersion", "v1." + minor + ".0"));
        }
        if (request.resource().equals("tokenreviews")) {
            return tokens.review(Json.object(request.body()));
        }
        if (request.resource().equals("pods/eviction")) {
            return verbs.delete(request);
        }
        return switch (request.verb()) {
            case "get" -> verbs.get(request);
            case "list" -> verbs.list(request);
            case "create" -> verbs.create(request);
            case "update" -> verbs.update(request);
            case "patch" -> verbs.patch(request);
            default -> verbs.delete(request);
        };
    }

    /** Null when it ran and has ended; else why it could not begin. */
    private @Nullable FakeAnswer watch(HttpExchange exchange, FakeRequest request)
            throws IOException {
        String asked = request.query().getOrDefault("resourceVersion", "");
        boolean fromNow = asked.isEmpty() || asked.equals("0");
        StringBuilder first = new StringBuilder();
        FakeWatch watch;
        synchronized (objects) {
            long from = fromNow ? objects.version() : Long.parseLong(asked);
            if (from < objects.forgotten() && !expiresInStream) {
                return FakeAnswer.failure(410, "Expired", "too old resource version: " + asked);
            }
            if (fromNow) {
                objects.list(request.key()).stream()
                        .filter(request.selection()::matches)
                        .forEach(object -> first.append(FakeWatch.event("ADDED", object)));
            }
            watch = new FakeWatch(objects, request, from);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        watches.add(watch);
        opened.incrementAndGet();
        try {
            out.write(first.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
            watch.run(out);
            return null;
        } catch (InterruptedException e) {
            throw new IOException("the fake was closed", e);
        } finally {
            watches.remove(watch);
        }
    }

    private static FakeObjects.Key key(String path) {
        Target target = Target.of("", path);
        return new FakeObjects.Key(
                target.group(), target.resource(), target.namespace(), target.name());
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress("127.0.0.1", 0);
    }
}
