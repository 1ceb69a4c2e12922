package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.CaException.Side;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * For whom the authority of a cluster signs no more: stolen keys, pods that are gone, the revoked.
 */
final class ClusterRenewalIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String REVOKED =
            Resource.CONFIG_MAPS.named(Replica.SYSTEM, "outrider-revoked");

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    private final List<Replica> replicas = new ArrayList<>();
    private FakeKubernetes kubernetes;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.clock(now::get);
        kubernetes.namespace(Replica.SYSTEM, Map.of());
        kubernetes.namespace("shop", Map.of("outrider.dev/inject", "enabled"));
    }

    @AfterEach
    void stop() throws Exception {
        for (Replica replica : replicas) {
            replica.close();
        }
        kubernetes.close();
    }

    @Test
    void aStolenKeyIsNotRenewedAndNoKeyIsOnceItsPodIsGone() throws Exception {
        Replica replica = replica("one");
        try (CaClient client = replica.client()) {
            String token = replica.token("web");
            X509Svid svid = Replica.fetch(client, Replica.WEB, token);
            CaException alone = failure(() -> Replica.renewByKey(client, svid));
            assertThat(alone.reason()).isEqualTo("token-needed");
            assertThat(alone.side()).isEqualTo(Side.CALLER);
            String orders = replica.token("orders");
            assertThat(failure(() -> Replica.renew(client, svid, orders)).reason())
                    .isEqualTo("token-not-the-certificates");
            X509Svid next = Replica.renew(client, svid, token);
            assertThat(next.id()).isEqualTo(Replica.WEB);

            // The pod is deleted.
            kubernetes.revokeToken(token);
            assertThat(failure(() -> Replica.renew(client, next, token)).reason())
                    .isEqualTo("unknown-token");
            assertThat(failure(() -> Replica.renewByKey(client, next)).reason())
                    .isEqualTo("token-needed");
        }
    }

    @Test
    void aCertificateThatNoLongerHoldsDoesNotStandInTheWayOfAGoodToken() throws Exception {
        Replica replica = replica("one");
        try (CaClient client = replica.client()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, replica.token("web"));
            now.set(svid.notAfter().plusSeconds(3600));
            replica.server.maintain();
            assertThat(Replica.renew(kubernetes, client, svid).id()).isEqualTo(Replica.WEB);
        }
    }

    @Test
    void whileTheServerIsAwayACertificateIsRenewedByItselfForEverShorterLives() throws Exception {
        Replica replica = replica("one");
        try (CaClient client = replica.client()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, replica.token("web"));
            kubernetes.script(_ -> FakeAnswer.failure(503, "ServiceUnavailable", "gone"));
            kubernetes.dropWatches();
            await().atMost(LONG).until(() -> kubernetes.count("watch", "secrets") > 3);
            // For a moment it may be anything.
            assertThat(failure(() -> Replica.renewByKey(client, svid)).reason())
                    .isEqualTo("token-needed");

            now.set(now.get().plus(Duration.ofHours(13)));
            X509Svid shorter = Replica.renew(kubernetes, client, svid);
            assertThat(Duration.between(now.get(), shorter.notAfter()))
                    .isBetween(Duration.ofHours(11), Duration.ofHours(12).plusMinutes(1));

            kubernetes.behave();
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(failure(() -> Replica.renewByKey(client, shorter)).reason())
                                    .isEqualTo("token-needed"));
        }
    }

    @Test
    void forWhatTheOperatorRevokedNothingIsSignedAndEverySidecarHearsOfIt() throws Exception {
        Replica replica = replica("one");
        published("shop");
        try (CaClient client = replica.client()) {
            String token = replica.token("web");
            X509Svid svid = Replica.fetch(client, Replica.WEB, token);
            X509Svid other = Replica.fetch(client, Replica.ORDERS, replica.token("orders"));

            revoke("incident-42", "# stolen\n" + Replica.WEB + "\nno such thing\n");
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(failure(() -> Replica.fetch(client, Replica.WEB, token)))
                                    .hasMessageContaining(Replica.WEB + ", or the certificate")
                                    .extracting(CaException::reason)
                                    .isEqualTo("revoked"));
            assertThat(failure(() -> Replica.renew(client, svid, token)).reason())
                    .isEqualTo("revoked");
            assertThat(failure(() -> client.fetchJwt(svid, "orders")).reason())
                    .isEqualTo("revoked");
            assertThat(Replica.renew(kubernetes, client, other).id()).isEqualTo(Replica.ORDERS);
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(trusted("revoked"))
                                    .contains("# incident-42\n# stolen\n" + Replica.WEB + "\n"));
            assertThat(trusted("bundle.pem")).contains("BEGIN CERTIFICATE");

            // Taking the whole list away is no pardon; emptying it is.
            kubernetes.delete(REVOKED);
            kubernetes.namespace("later", Map.of("outrider.dev/inject", "enabled"));
            published("later");
            assertThat(failure(() -> Replica.fetch(client, Replica.WEB, token)).reason())
                    .isEqualTo("revoked");
            String serial = other.leaf().getSerialNumber().toString(16);
            revoke("incident-43", serial);
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(failure(() -> client.fetchJwt(other, "orders")).reason())
                                    .isEqualTo("revoked"));
            // The pod it was stolen from has its token.
            assertThat(Replica.renew(kubernetes, client, other).id()).isEqualTo(Replica.ORDERS);
            assertThat(Replica.fetch(client, Replica.WEB, token).id()).isEqualTo(Replica.WEB);
        }
    }

    @Test
    void aListThatCannotBeReadKeepsAReplicaFromStarting() {
        kubernetes.forbid("list", "configmaps");
        assertThatThrownBy(() -> replica("one"))
                .hasMessageContaining("grant 'list' on 'configmaps'");
    }

    private void revoke(String key, String lines) {
        kubernetes.put(
                REVOKED,
                Map.of(
                        "metadata",
                        Map.of("name", "outrider-revoked", "namespace", Replica.SYSTEM),
                        "data",
                        Map.of(key, lines)));
    }

    /** What the kubelet brings to the pods of the namespace. */
    private String trusted(String key) {
        return Fields.text(
                        kubernetes
                                .find(Resource.CONFIG_MAPS.named("shop", "outrider-trust"))
                                .orElseThrow(),
                        "data",
                        key)
                .orElse("");
    }

    private Replica replica(String name) throws Exception {
        Replica replica =
                new Replica(kubernetes, Replica.cluster(name, Optional.empty()), now::get);
        replicas.add(replica);
        return replica;
    }

    /** Waits for the namespace to have the bundle. */
    private void published(String namespace) {
        String path = Resource.CONFIG_MAPS.named(namespace, "outrider-trust");
        await().atMost(LONG).until(() -> kubernetes.find(path).isPresent());
    }

    private static CaException failure(ThrowingCallable call) {
        CaException thrown = catchThrowableOfType(CaException.class, call);
        assertThat(thrown).isNotNull();
        return thrown;
    }
}
