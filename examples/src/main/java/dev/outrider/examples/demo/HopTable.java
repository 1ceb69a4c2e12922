package dev.outrider.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.mesh.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What each hop saw, counted from the sidecars' access logs. */
final class HopTable {
    private static final List<String> HEAD =
            List.of(
                    "hop",
                    "requests",
                    "good",
                    "4xx",
                    "5xx",
                    "no answer",
                    "retries",
                    "breaker",
                    "callers' identities");

    private HopTable() {}

    static List<List<String>> rows(Stage stage) throws IOException, InterruptedException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        rows.add(row(stage, "browser → web", Workload.WEB, "inbound", ""));
        rows.add(row(stage, "web → (orders)", Workload.WEB, "outbound", ""));
        rows.add(row(stage, "(web) → orders", Workload.ORDERS, "inbound", ""));
        rows.add(row(stage, "orders → (billing)", Workload.ORDERS, "outbound", stage.breaker()));
        rows.add(row(stage, "(orders) → billing-1", Workload.BILLING_1, "inbound", ""));
        rows.add(row(stage, "(orders) → billing-2", Workload.BILLING_2, "inbound", ""));
        return rows;
    }

    private static List<String> row(
            Stage stage, String hop, Workload workload, String direction, String breaker)
            throws IOException {
        List<JsonNode> requests = stage.mesh().accessLogs().requests(workload, direction);
        long retries =
                requests.stream()
                        .mapToLong(it -> Math.max(0, it.path("attempts").size() - 1))
                        .sum();
        TreeSet<String> peers = new TreeSet<>();
        requests.forEach(it -> peers.add(account(it.path("peer").asText(""))));
        peers.remove("");
        return List.of(
                hop,
                Integer.toString(requests.size()),
                count(requests, status -> status >= 200 && status < 400),
                count(requests, status -> status >= 400 && status < 500),
                count(requests, status -> status >= 500),
                count(requests, status -> status < 200),
                Long.toString(retries),
                breaker,
                direction.equals("outbound")
                        ? ""
                        : peers.isEmpty() ? "none" : String.join(", ", peers));
    }

    private static String count(List<JsonNode> requests, Predicate<Integer> status) {
        return Long.toString(
                requests.stream().filter(it -> status.test(it.path("status").asInt())).count());
    }

    /** The part of a SPIFFE id that differs here. */
    private static String account(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }
}
