package dev.outrider.injector;

import static dev.outrider.injector.Rig.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.ca.AuditStream;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.DnsNames;
import dev.outrider.certs.ca.cluster.ClusterAuthority;
import dev.outrider.certs.ca.cluster.ClusterSettings;
import dev.outrider.certs.kubernetes.Fields;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Authority and injector as k8s/base sets them up, on one API's double: names, audience, namespaces
 * and configurations of the manifests are those that the processes go by.
 */
class ManifestsIT {
    private static final String SYSTEM = "outrider-system";
    private static final String ADDRESS = "https://outrider-ca.outrider-system.svc:8443";

    private final Manifests manifests;

    ManifestsIT() throws Exception {
        manifests = Manifests.of("mesh", "ca", "injector", "edge");
    }

    @Test
    void theControlPlaneOfTheManifestsComesUpAndInjects(@TempDir Path folder) throws Exception {
        try (Rig rig = new Rig()) {
            manifests.applyTo(rig.fake);
            try (CaServer ca = authority(rig)) {
                eventually(() -> trust(rig, SYSTEM).isPresent());
                // The edge's namespace is labelled for this alone.
                eventually(() -> trust(rig, "outrider-edge").isPresent());
                eventually(() -> trust(rig, "shop").isPresent());
                Path bundle =
                        Files.writeString(
                                folder.resolve("bundle.pem"), trust(rig, SYSTEM).orElseThrow());
                Path token = Files.writeString(folder.resolve("token"), token(rig));
                try (Injector injector =
                                rig.start(
                                        "one",
                                        new Injector.Certificate.Mesh("outrider-injector", token),
                                        bundle,
                                        Optional.of(configuration(folder, ca)));
                        ApiServerCaller api =
                                new ApiServerCaller(injector.ports().webhook().getPort())) {
                    eventually(() -> Rig.ready(injector.ports().health().getPort()));
                    List<String> bundles = bundles(rig);
                    assertThat(bundles).hasSize(2).doesNotContain("");
                    assertThat(bundles.getFirst()).isEqualTo(bundles.getLast());
                    String patch = patch(api, rig);
                    assertThat(patch)
                            .contains("ghcr.io/outrider/outrider:0.1.0", "\"outrider-ca\"")
                            .contains("\"outrider-mesh\"", "\"outrider-trust\"");
                    eventually(() -> mesh(rig, "shop").isPresent());
                    assertThat(mesh(rig, "shop")).isEqualTo(mesh(rig, SYSTEM));
                }
            }
        }
    }

    @Test
    void allParametersOfTheAuthoritysAddressAgree() {
        assertThat(manifests.option("outrider-ca", "--host"))
                .allMatch(ADDRESS::contains)
                .hasSize(1);
        for (String map : List.of("outrider-mesh", "outrider-injector", "outrider-edge")) {
            Map<String, String> data = Fields.texts(manifests.object("ConfigMap", map), "data");
            assertThat(data.values()).as(map).allMatch(text -> text.contains(ADDRESS));
        }
    }

    private CaServer authority(Rig rig) throws Exception {
        CaSettings defaults = CaSettings.DEFAULTS;
        CaSettings settings =
                new CaSettings(
                        new InetSocketAddress("127.0.0.1", 0),
                        defaults.hosts(),
                        defaults.svidTtl(),
                        defaults.jwtTtl(),
                        defaults.schedule(),
                        new CaSettings.Rate(1000, 1000),
                        new CaSettings.Rate(1000, 1000),
                        DnsNames.parse(manifests.option("outrider-ca", "--dns-name")),
                        defaults.rootDistribution());
        // What the command line leaves out is as in its defaults.
        ClusterSettings cluster =
                new ClusterSettings(
                        manifests.option("outrider-ca", "--trust-domain").getFirst(),
                        KeyAlgorithm.EC_P256,
                        SYSTEM,
                        "outrider-ca",
                        Optional.empty(),
                        "outrider-ca",
                        "outrider-trust",
                        "outrider-revoked",
                        "outrider.dev/inject=enabled",
                        "one");
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return ClusterAuthority.start(
                rig.fake.api(),
                cluster,
                settings,
                new AuditStream(nowhere),
                InstantSource.system(),
                new SecureRandom());
    }

    /** With the audience that the Deployment's volume asks for. */
    private String token(Rig rig) {
        String volumes =
                Fields.list(
                                manifests.object("Deployment", "outrider-injector"),
                                "spec",
                                "template",
                                "spec",
                                "volumes")
                        .toString();
        assertThat(volumes).contains("audience=outrider-ca");
        return rig.fake.issueToken(
                SYSTEM,
                "outrider-injector",
                List.of("outrider-ca"),
                Instant.now().plusSeconds(3600));
    }

    /** The manifest's, but for the authority's name, which nobody resolves here. */
    private Path configuration(Path folder, CaServer ca) throws Exception {
        String text =
                Fields.texts(manifests.object("ConfigMap", "outrider-injector"), "data")
                        .getOrDefault("injector.yaml", "");
        assertThat(text).contains(ADDRESS);
        return Files.writeString(
                folder.resolve("injector.yaml"),
                text.replace(ADDRESS, "https://127.0.0.1:" + ca.address().getPort()));
    }

    private static String patch(ApiServerCaller api, Rig rig) throws Exception {
        String patch =
                Fields.text(
                                api.review(rig.caBundle(), Reviews.text("deployment")).json(),
                                "response",
                                "patch")
                        .orElseThrow();
        return new String(Base64.getDecoder().decode(patch), StandardCharsets.UTF_8);
    }

    private static List<String> bundles(Rig rig) {
        return Fields.list(rig.fake.find(Rig.CONFIGURATION).orElseThrow(), "webhooks").stream()
                .map(entry -> Fields.text(entry, "clientConfig", "caBundle").orElse(""))
                .collect(Collectors.toList());
    }

    private static Optional<String> trust(Rig rig, String namespace) {
        return data(rig, namespace, "outrider-trust", "bundle.pem");
    }

    private static Optional<String> mesh(Rig rig, String namespace) {
        return data(rig, namespace, "outrider-mesh", "mesh.yaml");
    }

    private static Optional<String> data(Rig rig, String namespace, String map, String key) {
        return rig.fake
                .find("/api/v1/namespaces/" + namespace + "/configmaps/" + map)
                .map(found -> Fields.texts(found, "data").get(key));
    }
}
