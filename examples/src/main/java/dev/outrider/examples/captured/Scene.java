package dev.outrider.examples.captured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.process.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What every act may use: programs that know nothing of a proxy, and eyes on the sidecars. */
record Scene(CapturedMesh mesh, Patience patience) {
    static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration LOGGED = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What curl met.
     *
     * @param code curl's own exit status
     * @param status 0 without an answer
     * @param version of HTTP
     */
    record Met(int code, int status, String version, String body) {
        boolean good() {
            return code == 0 && status == 200;
        }

        JsonNode json() {
            return parse(body);
        }

        /** A header as the app saw it; empty if it saw none. */
        String header(String name) {
            return json().path("headers").path(name).asText("");
        }

        String text() {
            if (status == 0) {
                return "no answer; " + body;
            }
            JsonNode json = json();
            String more =
                    json.has("app")
                            ? "from the app of %s, which was called by %s"
                                    .formatted(
                                            json.path("app").asText(), json.path("from").asText())
                            : (json.path("reason").asText() + " " + json.path("detail").asText())
                                    .strip();
            return "HTTP/%s %d %s".formatted(version, status, more);
        }
    }

    /** curl on a pod, as its app would call. */
    Met curl(Pod from, String... arguments) throws IOException, InterruptedException {
        return curl(mesh.host(from), CapturedMesh.APP, arguments);
    }

    Met curl(NetHost from, int uid, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-sS",
                                "-m",
                                "15",
                                "--noproxy",
                                "*",
                                "-w",
                                "\n%{http_code} %{http_version}"));
        command.addAll(List.of(arguments));
        Finished finished = from.runAs(uid, LONGEST, command);
        String output = finished.output();
        // curl's complaint comes on stderr, so it may stand behind its last line.
        String last =
                output.lines()
                        .filter(line -> line.matches("[0-9]{3} [0-9.]+"))
                        .reduce("000 0", (_, line) -> line);
        String[] parts = last.split(" ", -1);
        return new Met(
                finished.code(),
                Integer.parseInt(parts[0]),
                parts[1],
                output.replace("\n" + last, "").strip());
    }

    /** Any program on a machine, as its app. */
    Finished run(NetHost from, String... command) throws IOException, InterruptedException {
        return from.runAs(CapturedMesh.APP, LONGEST, List.of(command));
    }

    /** How many lines a sidecar has logged: whatever comes later has a higher number. */
    int mark(Pod pod) throws IOException {
        return lines(pod).size();
    }

    /** The first line of a sidecar's access log, from a mark on, that is like that. */
    JsonNode logged(Pod pod, int mark, Predicate<JsonNode> like)
            throws InterruptedException, Patience.InVainException {
        return patience.await(
                "a line in the access log of " + pod.host() + "'s sidecar",
                LOGGED,
                () -> lines(pod).stream().skip(mark).filter(like).findFirst());
    }

    /** The line of the request for a path that came in to a pod. */
    JsonNode asked(Pod pod, String path) throws InterruptedException, Patience.InVainException {
        return logged(
                pod,
                0,
                line ->
                        line.path("direction").asText().equals("inbound")
                                && line.path("path").asText().equals(path));
    }

    /** A counter of a sidecar; 0 if it has none like that. */
    long counter(Pod pod, String series) throws IOException, InterruptedException {
        String metrics =
                run(
                                mesh.host(pod),
                                "curl",
                                "-sS",
                                "-m",
                                "15",
                                "--noproxy",
                                "*",
                                "http://127.0.0.1:15000/metrics")
                        .output();
        Optional<String> line = metrics.lines().filter(it -> it.startsWith(series)).findFirst();
        return line.map(it -> (long) Double.parseDouble(it.substring(it.lastIndexOf(' ') + 1)))
                .orElse(0L);
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private List<JsonNode> lines(Pod pod) throws IOException {
        Path file = mesh.file(pod).accessLog();
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        // What follows the last line's end is still being written.
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Scene::parse).toList();
    }
}
