package dev.outrider.certs.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request as the fake understood it.
 *
 * @param verb as RBAC names it: get, list, watch, create, update, patch, delete
 * @param resource with its subresource, such as {@code pods/eviction}
 * @param name empty for a collection
 * @param token without {@code Bearer}, empty when there was none
 */
public record FakeRequest(
        String verb,
        String group,
        String resource,
        String namespace,
        String name,
        String path,
        Map<String, String> query,
        String contentType,
        String body,
        String token) {

    static FakeRequest of(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Map<String, String> query = new LinkedHashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : (raw == null ? "" : raw).split("&")) {
            String[] sides = pair.split("=", 2);
            query.put(
                    sides[0],
                    sides.length == 1 ? "" : URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
        }
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Target target = Target.of("", path);
        String verb =
                switch (exchange.getRequestMethod()) {
                    case "POST" -> "create";
                    case "PUT" -> "update";
                    case "PATCH" -> "patch";
                    case "DELETE" -> "delete";
                    default ->
                            query.getOrDefault("watch", "").matches("1|true")
                                    ? "watch"
                                    : target.name().isEmpty() ? "list" : "get";
                };
        String credential = header(exchange, "Authorization");
        return new FakeRequest(
                verb,
                target.group(),
                target.resource(),
                target.namespace(),
                target.name(),
                path,
                query,
                header(exchange, "Content-Type"),
                body,
                credential.startsWith("Bearer ") ? credential.substring(7) : "");
    }

    /** Where it points; the subresource left out. */
    FakeObjects.Key key() {
        return new FakeObjects.Key(group, resource.replaceAll("/.*", ""), namespace, name);
    }

    FakeSelection selection() {
        return new FakeSelection(
                query.getOrDefault("labelSelector", ""), query.getOrDefault("fieldSelector", ""));
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }
}
