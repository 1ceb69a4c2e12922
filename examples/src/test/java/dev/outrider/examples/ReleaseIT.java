package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outrider.examples.mesh.Http;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.process.Ports;
import dev.outrider.sidecar.time.Ticker;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive as users unpack it. */
class ReleaseIT {
    private static final Duration START = Duration.ofSeconds(120);

    @TempDir private Path directory;

    @Test
    void anUnpackedReleaseStartsASidecarFromWhatItsTrainingRunLearned() throws Exception {
        startsFrom(
                "outrider.aot",
                """
                profile: sidecar
                name: relay
                outbound:
                  listen: 127.0.0.1:%d
                  services: {billing: {hosts: [billing], endpoints: {static: ["127.0.0.1:1"]}, mtls: false}}
                """);
    }

    @Test
    void anUnpackedReleaseStartsAnEdgeFromATrainingRunOfItsOwn() throws Exception {
        startsFrom(
                "outrider-edge.aot",
                """
                profile: edge
                name: front-door
                edge:
                  http: {listen: "127.0.0.1:%d", redirect: false}
                  routes: [{name: health, match: {path: {exact: /health}}, answer: {body: well}}]
                """);
    }

    private void startsFrom(String cache, String proxy) throws Exception {
        Path home = unpack();
        assumeThat(home.resolve("lib").resolve(cache))
                .as("a build with -Doutrider.training.skip has no cache")
                .exists();
        Ports ports = Ports.anywhere(new SecureRandom(), List.of("proxy", "admin"));
        Path configuration = directory.resolve("proxy.yaml");
        Files.writeString(
                configuration,
                (proxy
                                + """
                                accessLog: {output: "off"}
                                admin: {listen: "127.0.0.1:%d"}
                                """)
                        .formatted(ports.of("proxy"), ports.of("admin")));
        Ticker ticker = Ticker.system();
        try (Family family = new Family(directory);
                Http http = new Http(ticker)) {
            // With "on" the JVM refuses to start where "auto" would start without the cache.
            Child child =
                    family.start(
                            "proxy",
                            List.of(
                                    home.resolve("outrider").toString(),
                                    "sidecar",
                                    "--config",
                                    configuration.toString()),
                            Map.of("OUTRIDER_JAVA_OPTS", "-XX:AOTMode=on"));
            URI ready = URI.create("http://127.0.0.1:" + ports.of("admin") + "/ready");
            int status =
                    new Patience(ticker)
                            .await(
                                    "the proxy",
                                    START,
                                    () -> !child.alive(),
                                    () -> Optional.of(http.get(ready).status()));
            assertThat(status).isEqualTo(200);
            assertThat(child.output()).doesNotContain("[aot]").doesNotContain("[cds]");
            assertThat(Files.readString(Path.of("/proc/" + child.process().pid() + "/cmdline")))
                    .contains("-XX:AOTCache=" + home.resolve("lib").resolve(cache) + "\0");
        }
    }

    private Path unpack() throws Exception {
        Path archive;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            archive =
                    files.filter(file -> file.toString().endsWith(".tar.gz"))
                            .findFirst()
                            .orElseThrow();
        }
        Process tar =
                new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", directory.toString())
                        .inheritIO()
                        .start();
        assertThat(tar.waitFor()).isZero();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("outrider-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
