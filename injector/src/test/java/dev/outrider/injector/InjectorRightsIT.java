package dev.outrider.injector;

import static dev.outrider.injector.Rig.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.kubernetes.DocumentedRights;
import dev.outrider.certs.kubernetes.Fields;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The injector under the rights that docs/injector.md lists: they are enough, and needed. */
class InjectorRightsIT {
    private static final String COPY = "/api/v1/namespaces/shop/configmaps/outrider-mesh";

    @Test
    void theRightsOfTheDocumentationAreEnoughAndNeeded(@TempDir Path folder) throws Exception {
        Path secret = folder.resolve("secret");
        TestAuthority authority = new TestAuthority(Instant.now());
        authority.mount(secret);
        DocumentedRights rights =
                new DocumentedRights(Path.of("../docs/injector.md"), "outrider-system");
        try (Rig rig = new Rig()) {
            rig.fake.script(rights);
            rig.fake.put(
                    "/api/v1/namespaces/shop/pods/web-1",
                    Map.of(
                            "metadata",
                            Map.of("name", "web-1", "namespace", "shop", "uid", "u"),
                            "spec",
                            Map.of("containers", List.of(Map.of("name", "app", "image", "app:1"))),
                            "status",
                            Map.of("phase", "Running")));
            try (Injector injector = rig.start("one", Rig.secret(secret), Optional.empty());
                    ApiServerCaller api =
                            new ApiServerCaller(injector.ports().webhook().getPort())) {
                eventually(() -> Rig.ready(injector.ports().health().getPort()));
                eventually(() -> rig.caBundle().equals(authority.roots()));
                assertThat(api.review(rig.caBundle(), Reviews.text("deployment")).body())
                        .contains("JSONPatch");
                String elsewhere =
                        Reviews.text("deployment")
                                .replace("\"namespace\": \"shop\"", "\"namespace\": \"other\"");
                assertThat(api.review(rig.caBundle(), elsewhere).body())
                        .as("read again before it goes without a sidecar")
                        .doesNotContain("JSONPatch");
                eventually(() -> rig.fake.find(COPY).isPresent());
                Map<String, String> good = data(rig);
                rig.fake.put(
                        COPY,
                        Map.of(
                                "metadata",
                                Map.of("name", "outrider-mesh", "namespace", "shop"),
                                "data",
                                Map.of("mesh.yaml", "old: true")));
                eventually(() -> data(rig).equals(good));
                eventually(() -> rig.fake.count("create", "events") > 0);
                rig.fake.put(
                        COPY,
                        Map.of(
                                "metadata",
                                Map.of("name", "outrider-mesh", "namespace", "shop"),
                                "immutable",
                                true,
                                "data",
                                Map.of("mesh.yaml", "older: true")));
                eventually(() -> rig.fake.find(COPY).isPresent() && data(rig).equals(good));
            }
            assertThat(rights.refused()).as("asked for without a right").isEmpty();
            assertThat(rights.unused())
                    .as("besides what --evict, `injector status` and a meshed Service need")
                    .containsExactly(
                            "create pods/eviction  everywhere",
                            "get mutatingwebhookconfigurations outrider-injector everywhere",
                            "patch services  everywhere");
        }
    }

    private static Map<String, String> data(Rig rig) {
        return Fields.texts(rig.fake.find(COPY).orElseThrow(), "data");
    }
}
