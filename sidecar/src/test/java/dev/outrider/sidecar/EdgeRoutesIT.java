package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.tls.WebPki;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What routes do with heads and bodies, from a client's request to what the app gets and back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeRoutesIT {
    private Mesh mesh;
    private RecordingApp app;
    private RecordingApp other;
    private HttpClient client;
    private int secure;
    private int admin;
    private int plain;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new RecordingApp("app");
        other = new RecordingApp("other");
        WebPki web = new WebPki("web");
        client =
                HttpClient.newBuilder()
                        .sslContext(web.client(null, "TLS"))
                        .connectTimeout(Duration.ofSeconds(20))
                        .build();
        String certificate = WebPki.write(web.leaf("edge", "localhost"), folder, "edge");
        Sidecar edge = mesh.start("edge", yaml(certificate));
        secure = Objects.requireNonNull(edge.address("edge")).getPort();
        admin = Objects.requireNonNull(edge.address("admin")).getPort();
        plain = Objects.requireNonNull(edge.address("edge-plain")).getPort();
    }

    private String yaml(String certificate) {
        return """
        profile: edge
        name: edge
        accessLog: {output: "off"}
        admin: {listen: "127.0.0.1:0"}
        runtime: {loops: 1}
        edge:
          https:
            listen: 127.0.0.1:0
            tls: {certificates: [%s]}
          http: {listen: "127.0.0.1:0", redirect: false}
          services:
            app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
            other: {hosts: [other], endpoints: {static: ["%s"]}, mtls: false}
          routes:
            - {name: admin, match: {path: {prefix: /admin}}, answer: {status: 403}}
            - {name: open, service: app, auth: {anonymous: true}}
            - name: limited
              match: {path: {prefix: /limited}}
              service: app
              auth: {anonymous: true}
              maxBody: 1000B
            - name: fields
              match: {path: {template: "/fields/{tag}"}}
              service: app
              auth: {anonymous: true}
              requestHeaders: {set: {X-Tag: "$${path.tag}"}}
              removeRequestFields: {paths: [role], maxSize: 1MiB}
              removeResponseFields: {paths: [secret]}
              mirror: {service: other, maxBody: 1MiB}
            - name: canary
              match: {path: {prefix: /canary}}
              split: {services: {app: 1, other: 1}, sticky: {cookie: version, maxAge: 1h}}
              auth: {anonymous: true}
        """
                .formatted(certificate, app.address(), other.address());
    }

    @AfterAll
    void stop() throws Exception {
        client.shutdownNow();
        mesh.close();
        app.close();
        other.close();
    }

    private HttpResponse<String> post(
            HttpClient.Version version, String path, HttpRequest.BodyPublisher body)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("https://localhost:" + secure + path))
                        .version(version)
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .POST(body)
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    // ---- paths

    /** Reads a path as the most careless of servers would, once and again. */
    private static boolean carelessReaderSeesAdmin(String target) {
        String path = target;
        for (int i = 0; i < 3; i++) {
            if (isAdmin(path)) {
                return true;
            }
            path = decoded(path);
        }
        return isAdmin(path);
    }

    private static boolean isAdmin(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String part : path.replace('\\', '/').split("/", -1)) {
            String name = part.replaceAll("[;\0#?].*", "");
            if (name.equals("..")) {
                segments.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                segments.add(name);
            }
        }
        return "admin".equals(segments.peekFirst());
    }

    /** Takes overlong forms for what they hide. */
    private static String decoded(String path) {
        String text = path.replaceAll("(?i)%c0%ae|%e0%80%ae", ".").replaceAll("(?i)%c0%af", "/");
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            boolean octet = text.startsWith("%", i) && text.length() > i + 2;
            if (octet && text.substring(i + 1, i + 3).matches("[0-9a-fA-F]{2}")) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    /** The route for /admin refuses all; nothing that an app could take for it gets past. */
    @Test
    void noSpellingOfAPathGetsPastItsRoute() throws IOException {
        long seed = 6;
        Random random = new Random(seed);
        String[] parts = {
            "/", "/", "admin", "%61dmin", "x", ".", "..", "%2e", "%2E%2e", "%2f", "\\", "%5c", ";",
            ";a=b", "%3b", "%00", "%252e", "%25", "2f", "%c0%ae", "%c0%af", "%", "%zz", "//", "/./"
        };
        int passed = 0;
        int refused = 0;
        for (int i = 0; i < 1_500; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int n = random.nextInt(6); n >= 0; n--) {
                path.append(parts[random.nextInt(parts.length)]);
            }
            app.seen.clear();
            RawClient.Answer answer = RawClient.get(plain, "h", path.toString());
            if (answer.status() == 200) {
                passed++;
                assertThat(app.seen)
                        .as("seed %d: %s", seed, path)
                        .allMatch(each -> !carelessReaderSeesAdmin(each.target()));
            } else {
                refused++;
                assertThat(answer.status()).as("%s", path).isIn(400, 403);
                assertThat(app.seen).as("%s", path).isEmpty();
            }
        }
        assertThat(passed).isPositive();
        assertThat(refused).isPositive();
    }

    // ---- bodies, over both protocols

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void jsonLosesItsFieldsBothWaysAndIsMirrored(HttpClient.Version version) throws Exception {
        String kept = "x".repeat(300_000);
        String body = "{\"role\":\"admin\",\"kept\":\"" + kept + "\"}";
        app.seen.clear();
        other.seen.clear();
        HttpResponse<String> answer =
                post(version, "/fields/a%20b?q=1", BodyPublishers.ofString(body));
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body()).isEqualTo("{\"app\":\"app\",\"size\":300011}");
        assertThat(answer.headers().firstValue("etag")).hasValue("W/\"1\"");
        assertThat(answer.headers().firstValue("content-length"))
                .hasValue(String.valueOf(answer.body().length()));
        RecordingApp.Seen seen = app.seen.getFirst();
        assertThat(seen.body()).isEqualTo("{\"kept\":\"" + kept + "\"}");
        assertThat(seen.target()).isEqualTo("/fields/a%20b?q=1");
        assertThat(seen.token()).isEqualTo("a%20b");
        await().until(() -> other.seen.size() == 1);
        assertThat(other.seen.getFirst().body()).isEqualTo(seen.body());
        assertThat(other.seen.getFirst().target()).isEqualTo(seen.target());
        assertThat(RawClient.get(admin, "localhost", "/metrics").body())
                .contains("outrider_mirrored_requests_total{outcome=\"sent\"");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void largerBodiesAreRefusedWhetherTheyAreAnnouncedOrNot(HttpClient.Version version)
            throws Exception {
        byte[] large = "x".repeat(1001).getBytes(StandardCharsets.US_ASCII);
        byte[] small = "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        app.seen.clear();
        assertThat(post(version, "/limited", BodyPublishers.ofByteArray(large)).statusCode())
                .isEqualTo(413);
        assertThat(post(version, "/limited", unannounced(large)).statusCode()).isEqualTo(413);
        assertThat(post(version, "/limited", unannounced(small)).statusCode()).isEqualTo(200);
        assertThat(app.seen.getLast().body()).hasSize(1000);
    }

    private static HttpRequest.BodyPublisher unannounced(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    // ---- canary

    @Test
    void aClientStaysWithItsVersion() throws Exception {
        for (int i = 0; i < 10; i++) {
            RawClient.Answer first = RawClient.get(plain, "h", "/canary");
            String cookie = first.header("set-cookie");
            assertThat(cookie).startsWith("version=").contains("HttpOnly");
            for (int j = 0; j < 3; j++) {
                RawClient.Answer again =
                        RawClient.get(
                                plain,
                                "h",
                                "/canary",
                                "Cookie: " + cookie.substring(0, cookie.indexOf(';')));
                assertThat(again.body()).isEqualTo(first.body());
                assertThat(again.header("set-cookie")).isEmpty();
            }
        }
    }
}
