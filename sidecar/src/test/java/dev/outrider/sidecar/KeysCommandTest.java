package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.outrider.certs.Json;
import dev.outrider.sidecar.auth.keys.FileKeyStore;
import dev.outrider.sidecar.auth.keys.KeyDesk;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KeysCommandTest {
    @TempDir private Path folder = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Commands.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private String file() {
        return folder.resolve("keys.json").toString();
    }

    private String created(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("keys", "create", "--file", file(), "--owner", "acme"));
        arguments.addAll(List.of(more));
        assertThat(run(arguments.toArray(new String[0]))).as(err.toString()).isZero();
        return out.toString().strip();
    }

    private static String id(String key) {
        return key.substring(4, 16);
    }

    @Test
    void helpTeaches() {
        assertThat(run("keys", "--help")).isZero();
        assertThat(out.toString())
                .contains("keys create --file keys.json")
                .contains("X-Api-Key")
                .contains("never")
                .contains("rotate", "revoke", "expire", "list", "show");
        assertThat(run("keys", "rotate", "--help")).isZero();
        assertThat(out.toString()).contains("--overlap").contains("24h");
        assertThat(run("keys")).isEqualTo(2);
        assertThat(err.toString()).contains("do what with the keys?");
    }

    @Test
    void aKeyIsShownOnceAndOnlyItsHashIsKept() throws IOException {
        String key = created("--tier", "gold", "--scope", "r,w", "--scope", "x", "--role", "admin");
        assertThat(key).matches("ork_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}");
        assertThat(err.toString()).contains(id(key)).contains("shown this once");
        assertThat(Files.readString(Path.of(file()))).doesNotContain(key.substring(17));
        assertThat(run("keys", "list", "-f", file())).isZero();
        assertThat(out.toString())
                .contains(id(key), "active", "acme", "gold", "r,w,x")
                .doesNotContain(key.substring(17));
        assertThat(run("keys", "show", "-f", file(), "--json", id(key))).isZero();
        Map<String, ?> shown = Json.object(out.toString());
        assertThat(shown.get("roles")).isEqualTo(List.of("admin"));
        assertThat(shown.containsKey("hash")).isFalse();
    }

    @Test
    void aKeyIsRotatedExpiredAndRevoked() {
        String key = created("--expires-in", "90d");
        assertThat(run("keys", "rotate", "-f", file(), "--overlap", "1h", id(key))).isZero();
        String next = out.toString().strip();
        assertThat(next).startsWith("ork_").isNotEqualTo(key);
        assertThat(run("keys", "expire", "-f", file(), "--in", "0s", id(key))).isZero();
        assertThat(out.toString()).contains("expired");
        assertThat(run("keys", "revoke", "-f", file(), id(next))).isZero();
        assertThat(out.toString()).contains("revoked").contains(id(key));
    }

    @Test
    void mistakesAreSaidInASentence() {
        assertThat(run("keys", "create", "-f", file())).isEqualTo(2);
        assertThat(err.toString()).contains("--owner");
        assertThat(run("keys", "list")).isEqualTo(2);
        assertThat(err.toString()).contains("--file").contains("--admin");
        assertThat(run("keys", "list", "-f", file())).isEqualTo(1);
        assertThat(err.toString()).contains("keys.json").doesNotContain("at dev.outrider");
        created();
        assertThat(run("keys", "show", "-f", file(), "abc")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no API key 'abc'");
        assertThat(run("keys", "expire", "-f", file(), "--in", "soon", "abc")).isEqualTo(2);
        assertThat(err.toString()).contains("30s, 10m, 24h or 90d");
        assertThat(run("keys", "list", "-a", "127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString()).contains("nobody answers");
    }

    @Test
    void reachesTheKeysOfARunningEdgeByItsAdminPort() throws IOException {
        InstantSource clock = InstantSource.system();
        KeyDesk desk =
                new KeyDesk(
                        new KeyOperations(
                                new FileKeyStore(Path.of(file()), clock),
                                clock,
                                new SecureRandom(),
                                () -> {}),
                        clock);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/keys",
                call -> {
                    int status = 200;
                    String body;
                    try {
                        body =
                                Json.write(
                                        answer(
                                                desk,
                                                call.getRequestMethod(),
                                                call.getRequestURI()));
                    } catch (IllegalArgumentException e) {
                        status = 404;
                        body = e.getMessage() + "\n";
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                    call.sendResponseHeaders(status, bytes.length);
                    call.getResponseBody().write(bytes);
                    call.close();
                });
        server.start();
        try {
            String admin = "127.0.0.1:" + server.getAddress().getPort();
            assertThat(run("keys", "create", "-a", admin, "--owner", "a&b c", "--scope", "x"))
                    .as(err.toString())
                    .isZero();
            String key = out.toString().strip();
            assertThat(run("keys", "rotate", "-a", admin, id(key))).isZero();
            assertThat(run("keys", "revoke", "-a", admin, id(key))).isZero();
            assertThat(run("keys", "list", "-a", admin)).isZero();
            assertThat(out.toString()).contains("a&b c", "revoked", "active");
            assertThat(run("keys", "show", "-a", admin, "nobody")).isEqualTo(2);
            assertThat(err.toString()).contains("there is no API key 'nobody'");
        } finally {
            server.stop(0);
        }
    }

    /** The addresses, as the admin port has them. */
    private static Map<String, Object> answer(KeyDesk desk, String method, URI uri)
            throws IOException, InterruptedException {
        String[] path = uri.getPath().split("/", -1);
        Map<String, String> query = new LinkedHashMap<>();
        if (uri.getRawQuery() != null) {
            for (String each : uri.getRawQuery().split("&", -1)) {
                String[] pair = each.split("=", 2);
                query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
            }
        }
        if (path.length == 2) {
            return method.equals("GET") ? desk.list() : desk.create(query);
        }
        if (path.length == 3) {
            return desk.show(path[2]);
        }
        return switch (path[3]) {
            case "rotate" -> desk.rotate(path[2], query);
            case "expire" -> desk.expire(path[2], query);
            default -> desk.revoke(path[2]);
        };
    }
}
