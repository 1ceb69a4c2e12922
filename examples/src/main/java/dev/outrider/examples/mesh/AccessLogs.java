package dev.outrider.examples.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The access logs of the sidecars: a line of JSON for each request. */
public final class AccessLogs {
    private final SidecarFile files;

    AccessLogs(SidecarFile files) {
        this.files = files;
    }

    /**
     * The requests a sidecar has logged so far in one direction, {@code inbound} or {@code
     * outbound}.
     */
    public List<JsonNode> requests(Workload workload, String direction) throws IOException {
        Path file = files.accessLog(workload);
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        // What follows the last line's end is still being written.
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        return whole.lines()
                .map(Http::parse)
                .filter(line -> line.path("direction").asText().equals(direction))
                .toList();
    }

    /** The line of one request. */
    public Optional<JsonNode> request(Workload workload, String direction, String requestId)
            throws IOException {
        return requests(workload, direction).stream()
                .filter(line -> line.path("request_id").asText().equals(requestId))
                .findFirst();
    }
}
