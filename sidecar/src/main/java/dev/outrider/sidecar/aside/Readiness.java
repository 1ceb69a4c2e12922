package dev.outrider.sidecar.aside;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether traffic may come, and why. Ready when all its checks are. */
public record Readiness(List<Check> checks) {
    public Readiness {
        checks = List.copyOf(checks);
    }

    /** One thing readiness hangs on; {@code text} says how it stands, also when it is well. */
    public record Check(String name, boolean ok, String text) {
        private Object json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("ok", ok);
            json.put("text", text);
            return json;
        }
    }

    /** As the ports tell it, for a JSON writer: people's scripts read it. */
    public Object json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", ready());
        json.put("checks", checks.stream().map(Check::json).toList());
        return json;
    }

    /** How its checks stand, and nothing of why. */
    public Readiness withoutTexts() {
        return new Readiness(
                checks.stream()
                        .map(each ->
                                new Check(each.name(), each.ok(), each.ok() ? "well" : "not well"))
                        .toList());
    }

    /** What hinders, in a line; "ready" if nothing does. */
    public String trouble() {
        return ready()
                ? "ready"
                : checks.stream()
                        .filter(each -> !each.ok())
                        .map(each -> each.name() + ": " + each.text())
                        .collect(Collectors.joining("; "));
    }

    public boolean ready() {
        return checks.stream().allMatch(Check::ok);
    }
}
