package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.CaException.Side;
import dev.outrider.certs.PlainJwt;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.Resource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several replicas against one API server, on a clock of the test's own. */
class ClusterCaIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String SECRET = Resource.SECRETS.named(Replica.SYSTEM, "outrider-ca");

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
    void replicasThatStartTogetherAreOneAuthority() throws Exception {
        List<Callable<Replica>> starts = new ArrayList<>();
        for (String name : List.of("one", "two", "three")) {
            starts.add(() ->
                    new Replica(kubernetes, Replica.cluster(name, Optional.empty()), now::get));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Replica> started : threads.invokeAll(starts)) {
                replicas.add(started.get());
            }
        }
        try (CaClient one = replicas.get(0).client();
                CaClient two = replicas.get(1).client();
                CaClient three = replicas.get(2).client()) {
            X509Svid first = Replica.fetch(one, Replica.WEB, replicas.get(0).token("web"));
            X509Svid second = Replica.renew(kubernetes, two, first);
            // What one replica keeps reaches the others by their watch.
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(
                                            PlainJwt.verified(
                                                            two.fetchJwt(second, "orders"),
                                                            three.fetchJwks(),
                                                            "sig")
                                                    .get("sub")
                                                    .asText())
                                    .isEqualTo(Replica.WEB.toString()));
            assertThat(three.fetchBundle()).isEqualTo(one.fetchBundle());
        }
    }

    @Test
    void aPodGetsItsOwnIdAndNoOther() throws Exception {
        Replica replica = replica("one");
        try (CaClient client = replica.client()) {
            String web = replica.token("web");
            assertThat(Replica.fetch(client, Replica.WEB, web).id()).isEqualTo(Replica.WEB);
            CaException other = failure(() -> Replica.fetch(client, Replica.ORDERS, web));
            assertThat(other.reason()).isEqualTo("csr-not-the-caller");

            String foreign =
                    kubernetes.issueToken(
                            "shop",
                            "web",
                            List.of("https://kubernetes.default.svc"),
                            now.get().plusSeconds(600));
            CaException audience = failure(() -> Replica.fetch(client, Replica.WEB, foreign));
            assertThat(audience.reason()).isEqualTo("wrong-audience");
            assertThat(audience).hasMessageContaining("audience: outrider-ca");

            kubernetes.revokeToken(web);
            assertThat(failure(() -> Replica.fetch(client, Replica.WEB, web)).reason())
                    .isEqualTo("unknown-token");
            String ended = replica.token("web");
            now.set(now.get().plus(Duration.ofHours(2)));
            assertThat(failure(() -> Replica.fetch(client, Replica.WEB, ended)).reason())
                    .isEqualTo("expired-token");
        }
    }

    @Test
    void aServerThatCannotBeAskedIsSaidSoAndTheClientMayTryAgain() throws Exception {
        Replica replica = replica("one");
        kubernetes.answer(
                "create",
                "tokenreviews",
                1,
                FakeAnswer.failure(503, "ServiceUnavailable", "starting"));
        try (CaClient client = replica.client()) {
            String token = replica.token("web");
            CaException away = failure(() -> Replica.fetch(client, Replica.WEB, token));
            assertThat(away.reason()).isEqualTo("proof-unavailable");
            assertThat(away.side()).isEqualTo(Side.AUTHORITY);
            assertThat(away.retryable()).isTrue();
            assertThat(away.retryAfter()).isNotNull();

            X509Svid svid = Replica.fetch(client, Replica.WEB, token);
            kubernetes.forbid("create", "tokenreviews");
            assertThat(failure(() -> Replica.fetch(client, Replica.WEB, token)).reason())
                    .isEqualTo("proof-unavailable");
            // The server is there and only refuses to tell: no reason to trust a key alone.
            assertThat(failure(() -> Replica.renew(client, svid, token)).reason())
                    .isEqualTo("proof-unavailable");
            assertThat(failure(() -> Replica.renewByKey(client, svid)).reason())
                    .isEqualTo("token-needed");
        }
    }

    @Test
    void theRootIsReplacedUnderAllReplicasWithoutARestart() throws Exception {
        Replica one = replica("one");
        Replica two = replica("two");
        TrustBundle old = published("shop", 1);
        try (CaClient client = one.client(old);
                CaClient other = two.client(old)) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, one.token("web"));
            rotate(one);
            maintainBoth(one, two);
            TrustBundle both = published("shop", 2);
            assertThat(both.roots().getFirst()).isEqualTo(old.roots().getFirst());
            follow(client, other, 2);
            X509Svid announced = Replica.renew(kubernetes, other, svid);
            assertThat(SvidVerifier.verify(announced.chain(), old, now.get()))
                    .isEqualTo(Replica.WEB);

            advance(Duration.ofHours(1), one, two);
            X509Svid below = Replica.renew(kubernetes, client, svid);
            TrustBundle next = new TrustBundle("cluster.local", List.of(both.roots().get(1)));
            assertThat(SvidVerifier.verify(below.chain(), next, now.get())).isEqualTo(Replica.WEB);
            // Both sides in both directions: the old certificate towards the new bundle too.
            assertThat(SvidVerifier.verify(svid.chain(), published("shop", 2), now.get()))
                    .isEqualTo(Replica.WEB);
            assertThat(Replica.renew(kubernetes, other, svid).id()).isEqualTo(Replica.WEB);

            advance(Duration.ofHours(12), one, two);
            X509Svid later = Replica.renew(kubernetes, other, below);
            advance(Duration.ofHours(12).plusMinutes(10), one, two);
            assertThat(published("shop", 1)).isEqualTo(next);
            assertThat(published(Replica.SYSTEM, 1)).isEqualTo(next);
            assertThat(Replica.renew(kubernetes, client, later).id()).isEqualTo(Replica.WEB);
        }
        assertThat(secretText("roots.json")).doesNotContain("PRIVATE");
    }

    @Test
    void whenTheOneThatWritesBundlesDiesAnotherDoes() throws Exception {
        Replica one = replica("one");
        published("shop", 1);
        Replica two = replica("two");
        one.kill();
        replicas.remove(one);
        kubernetes.namespace("later", Map.of("outrider.dev/inject", "enabled"));

        assertThat(published("later", 1)).isEqualTo(published("shop", 1));
        try (CaClient client = two.client()) {
            assertThat(Replica.fetch(client, Replica.WEB, two.token("web")).id())
                    .isEqualTo(Replica.WEB);
        }
    }

    @Test
    void ofManyReplicasThatFindSomethingDueOneIsFirst() throws Exception {
        Replica one = replica("one");
        Replica two = replica("two");
        Replica three = replica("three");
        String root = secretText("root.pem");
        String intermediate = secretText("intermediate.pem");
        // Each write is overtaken by somebody else's, three times over.
        AtomicInteger races = new AtomicInteger();
        kubernetes.script(request -> {
            if (request.verb().equals("update")
                    && request.resource().equals("secrets")
                    && races.getAndIncrement() < 3) {
                touch("race-" + races.get());
            }
            return null;
        });
        // The intermediate is in its last third, and the token keys ended long ago.
        now.set(now.get().plus(Duration.ofDays(300)));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> rounds = new ArrayList<>();
            for (Replica replica : List.of(one, two, three)) {
                rounds.add(
                        threads.submit(() -> {
                            replica.server.maintain();
                            return null;
                        }));
            }
            for (Future<?> round : rounds) {
                round.get();
            }
        }
        assertThat(races.get()).isGreaterThanOrEqualTo(3);
        assertThat(secretText("root.pem")).isEqualTo(root);
        assertThat(secretText("intermediate.pem")).isNotEqualTo(intermediate);
        assertThat(secretText("jwt-keys.json")).contains("\"sequence\" : 2");
        try (CaClient client = one.client();
                CaClient other = three.client()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, one.token("web"));
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(Replica.renew(kubernetes, other, svid).chain().getLast())
                                    .isEqualTo(svid.chain().getLast()));
        }
    }

    @Test
    void aDeletedSecretIsWrittenAgainAndABrokenOneIsNotTaken() throws Exception {
        Replica one = replica("one");
        String root = secretText("root.pem");
        kubernetes.delete(SECRET);
        await().atMost(LONG).until(() -> kubernetes.find(SECRET).isPresent());
        assertThat(secretText("root.pem")).isEqualTo(root);

        Map<String, @Nullable Object> broken = kubernetes.find(SECRET).orElseThrow();
        Map<String, @Nullable Object> data = Fields.map(broken, "data");
        data.remove("intermediate.pem");
        broken.put("data", data);
        kubernetes.put(SECRET, broken);
        try (CaClient client = one.client()) {
            assertThat(Replica.fetch(client, Replica.WEB, one.token("web")).id())
                    .isEqualTo(Replica.WEB);
        }
        // The mend that the log names.
        kubernetes.delete(SECRET);
        await().atMost(LONG).until(() -> kubernetes.find(SECRET).isPresent());
        assertThat(secretText("intermediate.pem")).contains("PRIVATE KEY");
    }

    @Test
    void aReplicaThatCannotSeeItsStateSignsForShorterAndThenNoMore() throws Exception {
        Replica one = replica("one");
        try (CaClient client = one.client();
                HttpClient plain = trusting()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, one.token("web"));
            assertThat(ready(plain, one)).isEqualTo("200 ready");
            kubernetes.forbid("watch", "secrets");
            kubernetes.forbid("list", "secrets");
            kubernetes.forbid("update", "secrets");
            kubernetes.dropWatches();
            // Two failures in a row, so that it is no passing trouble.
            await().atMost(LONG).until(() -> kubernetes.count("watch", "secrets") > 3);

            now.set(now.get().plus(Duration.ofHours(13)));
            X509Svid shorter = Replica.renew(kubernetes, client, svid);
            assertThat(Duration.between(now.get(), shorter.notAfter()))
                    .isBetween(Duration.ofHours(11), Duration.ofHours(12).plusMinutes(1));
            now.set(now.get().plus(Duration.ofHours(12)).minusSeconds(5));
            // New token keys cannot be kept; the server's own certificate is renewed all the same.
            assertThatThrownBy(() -> one.server.maintain()).isInstanceOf(IOException.class);
            CaException refused = failure(() -> Replica.renew(kubernetes, client, shorter));
            assertThat(refused.reason()).isEqualTo("cannot-sign");
            assertThat(refused.retryable()).isTrue();
            assertThat(failure(() -> client.fetchJwt(shorter, "orders")).reason())
                    .isEqualTo("cannot-sign");
            assertThat(client.fetchJwks()).contains("kid");
            assertThat(ready(plain, one)).startsWith("503 the authority has not seen");

            kubernetes.behave();
            await().atMost(LONG).until(() -> ready(plain, one).equals("200 ready"));
        }
    }

    @Test
    void aRootThatHasNotReachedEverybodySignsLater() throws Exception {
        Replica one = replica("one");
        published("shop", 1);
        kubernetes.forbid("update", "configmaps");
        rotate(one);
        Instant planned = signFrom();
        now.set(planned.minusSeconds(60));
        one.server.maintain();
        assertThat(signFrom()).isEqualTo(planned.plus(Duration.ofMinutes(15)));

        kubernetes.behave();
        one.server.maintain();
        published("shop", 2);
        published(Replica.SYSTEM, 2);
        Instant postponed = signFrom();
        now.set(postponed.minusSeconds(60));
        await().atMost(LONG)
                .untilAsserted(() -> {
                    one.server.maintain();
                    assertThat(signFrom()).isEqualTo(postponed);
                });
    }

    @Test
    void overHttpsWithThePodsOwnTokenWhichRotates(@TempDir Path directory) throws Exception {
        try (FakeKubernetes secured = FakeKubernetes.startTls()) {
            secured.clock(now::get);
            secured.namespace(Replica.SYSTEM, Map.of());
            secured.accept("first");
            KubeApi pod = KubeApi.inCluster(secured.serviceAccount(directory, "first"), directory);
            try (Replica replica =
                            new Replica(
                                    secured,
                                    pod,
                                    Replica.cluster("one", Optional.empty()),
                                    now::get);
                    CaClient client = replica.client()) {
                secured.reject("first");
                secured.accept("second");
                String token = replica.token("web");
                assertThat(failure(() -> Replica.fetch(client, Replica.WEB, token)).reason())
                        .isEqualTo("proof-unavailable");
                secured.serviceAccount(directory, "second");

                assertThat(Replica.fetch(client, Replica.WEB, token).id()).isEqualTo(Replica.WEB);
            }
        }
    }

    private Replica replica(String name) throws Exception {
        Replica replica =
                new Replica(kubernetes, Replica.cluster(name, Optional.empty()), now::get);
        replicas.add(replica);
        return replica;
    }

    /** Waits for the bundle of a namespace to have so many roots. */
    private TrustBundle published(String namespace, int roots) {
        String path = Resource.CONFIG_MAPS.named(namespace, "outrider-trust");
        await().atMost(LONG)
                .until(() ->
                        kubernetes
                                        .find(path)
                                        .flatMap(map -> Fields.text(map, "data", "bundle.pem"))
                                        .map(pem -> pem.split("BEGIN CERTIFICATE", -1).length - 1)
                                        .orElse(0)
                                == roots);
        return TrustBundle.parsePem(
                "cluster.local",
                Fields.text(kubernetes.find(path).orElseThrow(), "data", "bundle.pem")
                        .orElseThrow());
    }

    private void advance(Duration by, Replica one, Replica two) throws Exception {
        now.set(now.get().plus(by));
        maintainBoth(one, two);
    }

    private static void maintainBoth(Replica one, Replica two) throws Exception {
        one.server.maintain();
        two.server.maintain();
    }

    /** The request comes by the watch, and the next round begins with it. */
    private void rotate(Replica replica) throws Exception {
        try (KubeApi api = kubernetes.api()) {
            ClusterAuthority.requestRotation(api, Replica.SYSTEM, "outrider-ca");
        }
        await().atMost(LONG)
                .untilAsserted(() -> {
                    replica.server.maintain();
                    assertThat(secretText("roots.json")).contains("signFrom");
                });
    }

    private static void follow(CaClient one, CaClient two, int roots) {
        await().atMost(LONG)
                .until(() ->
                        one.fetchBundle().roots().size() == roots
                                && two.fetchBundle().roots().size() == roots);
    }

    private Instant signFrom() throws Exception {
        String roots = secretText("roots.json");
        return Instant.parse(roots.replaceAll("(?s).*\"signFrom\" : \"([^\"]*)\".*", "$1"));
    }

    private String secretText(String key) {
        return new String(
                Fields.secret(kubernetes.find(SECRET).orElseThrow(), key).orElseThrow(),
                StandardCharsets.UTF_8);
    }

    private void touch(String mark) {
        Map<String, @Nullable Object> secret = kubernetes.find(SECRET).orElseThrow();
        Map<String, @Nullable Object> metadata = Fields.map(secret, "metadata");
        metadata.put("annotations", Map.of("test", mark));
        secret.put("metadata", metadata);
        kubernetes.put(SECRET, secret);
    }

    /** Probes check no certificate. */
    private static HttpClient trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new AnyServer()}, new SecureRandom());
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private static String ready(HttpClient plain, Replica replica) throws Exception {
        HttpResponse<String> answer =
                plain.send(
                        HttpRequest.newBuilder(replica.uri().resolve("/ready")).build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body().strip();
    }

    private static CaException failure(ThrowingCallable call) {
        CaException thrown = catchThrowableOfType(CaException.class, call);
        assertThat(thrown).isNotNull();
        return thrown;
    }
}
