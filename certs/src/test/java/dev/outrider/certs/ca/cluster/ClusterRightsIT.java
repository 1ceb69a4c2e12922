package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.kubernetes.DocumentedRights;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The authority under the rights that docs/ca-kubernetes.md lists: they are enough, and needed. */
class ClusterRightsIT {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void theRightsOfTheDocumentationAreEnoughAndNeeded() throws Exception {
        DocumentedRights rights =
                new DocumentedRights(Path.of("../docs/ca-kubernetes.md"), Replica.SYSTEM);
        try (FakeKubernetes kubernetes = FakeKubernetes.start()) {
            kubernetes.script(rights);
            kubernetes.namespace(Replica.SYSTEM, Map.of());
            kubernetes.namespace("shop", Map.of("outrider.dev/inject", "enabled"));
            String trust = Resource.CONFIG_MAPS.named("shop", "outrider-trust");
            try (Replica replica =
                            new Replica(
                                    kubernetes,
                                    Replica.cluster("one", Optional.empty()),
                                    InstantSource.system());
                    CaClient client = replica.client()) {
                assertThat(Replica.fetch(client, Replica.WEB, replica.token("web")).id())
                        .isEqualTo(Replica.WEB);
                await().atMost(LONG).until(() -> kubernetes.find(trust).isPresent());
                String good = kubernetes.find(trust).orElseThrow().get("data") + "";

                kubernetes.put(
                        trust,
                        Map.of(
                                "metadata",
                                Map.of("name", "outrider-trust", "namespace", "shop"),
                                "data",
                                Map.of("bundle.pem", "no longer")));
                await().atMost(LONG)
                        .until(() ->
                                good.equals(kubernetes.find(trust).orElseThrow().get("data") + ""));
                kubernetes.put(
                        trust,
                        Map.of(
                                "metadata",
                                Map.of("name", "outrider-trust", "namespace", "shop"),
                                "immutable",
                                true,
                                "data",
                                Map.of("bundle.pem", "for ever")));
                await().atMost(LONG)
                        .ignoreExceptions()
                        .until(() ->
                                good.equals(kubernetes.find(trust).orElseThrow().get("data") + ""));
                // Another replica finds the state there, and the Lease held.
                try (Replica second =
                        new Replica(
                                kubernetes,
                                Replica.cluster("two", Optional.empty()),
                                InstantSource.system())) {
                    assertThat(second.uri()).isNotEqualTo(replica.uri());
                }
            }
            assertThat(rights.refused()).as("asked for without a right").isEmpty();
            assertThat(rights.unused())
                    .as("needed only with --issuer-secret")
                    .allMatch(right -> right.contains("that of --issuer-secret"))
                    .hasSize(3);
        }
    }
}
