package dev.outrider.sidecar;

import dev.outrider.certs.Json;
import dev.outrider.sidecar.auth.keys.FileKeyStore;
import dev.outrider.sidecar.auth.keys.KeyDesk;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import dev.outrider.sidecar.transport.IpPort;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** By which way {@code outrider keys} reaches the keys, as options of the command line. */
final class KeyDoor {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    /** One of both. */
    static final class Where {
        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "the file the keys are kept in ('file' of the configuration)")
        private @Nullable Path file;

        @Option(
                names = {"-a", "--admin"},
                paramLabel = "IP:PORT",
                description =
                        "the admin port of a running edge, such as 127.0.0.1:15000; the way to"
                                + " keys in Redis")
        private @Nullable String admin;
    }

    /**
     * Has the keys listed, shown, created, rotated, expired or revoked: {@code verb}.
     *
     * @param id empty where no key is named
     */
    Map<String, @Nullable Object> ask(String verb, String id, Map<String, String> query)
            throws IOException, InterruptedException {
        if (where.file != null) {
            return Json.object(Json.write(ask(desk(where.file), verb, id, query)));
        }
        return remote(java.util.Objects.requireNonNull(where.admin), verb, id, query);
    }

    private static Map<String, Object> ask(
            KeyDesk desk, String verb, String id, Map<String, String> query)
            throws IOException, InterruptedException {
        return switch (verb) {
            case "list" -> desk.list();
            case "show" -> desk.show(id);
            case "create" -> desk.create(query);
            case "rotate" -> desk.rotate(id, query);
            case "expire" -> desk.expire(id, query);
            case "revoke" -> desk.revoke(id);
            default -> throw new IllegalArgumentException(verb);
        };
    }

    private static KeyDesk desk(Path file) {
        InstantSource clock = InstantSource.system();
        return new KeyDesk(
                new KeyOperations(
                        new FileKeyStore(file, clock), clock, new SecureRandom(), () -> {}),
                clock);
    }

    private static Map<String, @Nullable Object> remote(
            String admin, String verb, String id, Map<String, String> query)
            throws IOException, InterruptedException {
        boolean looks = verb.equals("list") || verb.equals("show");
        String path =
                "/keys"
                        + (id.isEmpty() ? "" : "/" + encoded(id))
                        + (looks || verb.equals("create") ? "" : "/" + verb)
                        + query.entrySet().stream()
                                .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                                .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + IpPort.parse(admin) + path))
                        .timeout(TIMEOUT)
                        .method(looks ? "GET" : "POST", BodyPublishers.noBody())
                        .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() == 400 || response.statusCode() == 404) {
                throw new IllegalArgumentException(response.body().strip());
            }
            if (response.statusCode() != 200) {
                throw new IOException(
                        admin
                                + " answered "
                                + response.statusCode()
                                + ": "
                                + response.body().strip());
            }
            return Json.object(response.body());
        } catch (java.net.ConnectException e) {
            throw new IOException("nobody answers at " + admin + "; does the edge run?", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
