package dev.outrider.injector;

import static dev.outrider.injector.Rig.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an injector really exports. The names and labels are kept in a file, against which k8s/check
 * holds dashboards and alerts.
 */
class ExportedMetricsIT {
    private static final Path FILE = Path.of("../k8s/tests/metrics-injector.txt");
    private static final Pattern SERIES =
            Pattern.compile("(outrider_[a-z_]+)(?:\\{(.*)})? [0-9.eE+-]+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
    private static final String MISSING =
            "outrider_injector_pods{namespace=\"shop\",state=\"missing\"} 1";

    @Test
    void areTheNamesAndLabelsThatTheFileForDashboardsAndAlertsHas(@TempDir Path folder)
            throws Exception {
        Path secret = folder.resolve("secret");
        new TestAuthority(Instant.now()).mount(secret);
        try (Rig rig = new Rig()) {
            rig.fake.put(
                    "/api/v1/namespaces/shop/pods/web-1",
                    Map.of(
                            "metadata",
                            Map.of("name", "web-1", "namespace", "shop", "uid", "u"),
                            "spec",
                            Map.of("containers", List.of(Map.of("name", "app", "image", "app:1"))),
                            "status",
                            Map.of("phase", "Running")));
            try (Injector injector = rig.start("one", Rig.secret(secret), Optional.empty())) {
                int port = injector.ports().health().getPort();
                eventually(() -> Rig.get(port, "/metrics").body().contains(MISSING));
                check(list(Rig.get(port, "/metrics").body()));
            }
        }
    }

    private static String list(String page) {
        Map<String, TreeSet<String>> exported = new TreeMap<>();
        page.lines()
                .map(SERIES::matcher)
                .filter(Matcher::matches)
                .forEach(series -> {
                    TreeSet<String> labels =
                            exported.computeIfAbsent(series.group(1), _ -> new TreeSet<>());
                    Matcher label = LABEL.matcher(Optional.ofNullable(series.group(2)).orElse(""));
                    while (label.find()) {
                        labels.add(label.group(1));
                    }
                });
        return exported.entrySet().stream()
                .map(each -> (each.getKey() + " " + String.join(" ", each.getValue())).strip())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static void check(String list) throws Exception {
        if (Boolean.getBoolean("outrider.update")) {
            Files.writeString(FILE, list);
        }
        assertThat(Files.exists(FILE) ? Files.readString(FILE) : "(missing)")
                .as("%s is out of date; run this test with -Doutrider.update=true", FILE)
                .isEqualTo(list);
    }
}
