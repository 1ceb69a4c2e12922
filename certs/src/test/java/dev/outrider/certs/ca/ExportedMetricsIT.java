package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.KeyAlgorithm;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an authority exports, as a list that k8s/check holds alerts and dashboards against. */
class ExportedMetricsIT {
    private static final Path FILE = Path.of("../k8s/tests/metrics-ca.txt");
    private static final Pattern SERIES =
            Pattern.compile("(outrider_[a-z_]+)(?:\\{(.*)})? [0-9.eE+-]+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    @TempDir Path temp;

    @Test
    void areTheNamesAndLabelsThatTheFileForAlertsHas() throws Exception {
        try (RunningCa ca = new RunningCa(temp.resolve("ca"));
                CaClient client = ca.client();
                HttpClient plain = ca.plain(null)) {
            try {
                client.fetchSvid(
                        RunningCa.WEB, KeyAlgorithm.EC_P256, new BootstrapProof.Token("nobody's"));
            } catch (CaException e) {
                assertThat(e.reason()).isEqualTo("unknown-token");
            }
            String list =
                    list(
                            plain.send(ca.request("/metrics").build(), BodyHandlers.ofString())
                                    .body());
            if (Boolean.getBoolean("outrider.update")) {
                Files.writeString(FILE, list);
            }
            assertThat(Files.exists(FILE) ? Files.readString(FILE) : "(missing)")
                    .as("%s is out of date; run this test with -Doutrider.update=true", FILE)
                    .isEqualTo(list);
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
}
