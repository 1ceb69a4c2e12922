package dev.outrider.certs.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outrider.certs.kubernetes.KubeApi.Limits;
import dev.outrider.certs.kubernetes.KubeApi.PatchType;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls over a real connection: what they do, and what is said when they cannot. */
class KubeApiTest {
    private static final String SECRETS = Resource.SECRETS.in("shop");
    private static final String SECRET = Resource.SECRETS.named("shop", "one");

    @TempDir Path temp;
    private FakeKubernetes kubernetes;
    private KubeApi api;

    @BeforeEach
    void start() throws IOException {
        kubernetes = FakeKubernetes.start();
        kubernetes.namespace("shop", Map.of());
        api = kubernetes.api();
    }

    @AfterEach
    void stop() {
        api.close();
        kubernetes.close();
    }

    @Test
    void anObjectIsMadeReadChangedAndDeleted() throws Exception {
        api.create(SECRETS, object("one", Map.of("a", "1")));
        Map<String, @Nullable Object> read = api.get(SECRET);
        read.put("data", Map.of("a", "2"));
        Map<String, @Nullable Object> replaced = api.replace(SECRET, read);
        Map<String, @Nullable Object> patched =
                api.patch(SECRET, PatchType.MERGE, Map.of("data", Map.of("b", "3")));

        assertThat(Fields.texts(patched, "data")).isEqualTo(Map.of("a", "2", "b", "3"));
        assertThat(Fields.resourceVersion(patched)).isNotEqualTo(Fields.resourceVersion(replaced));
        api.delete(SECRET);
        assertThat(api.find(SECRET)).isEmpty();
    }

    @Test
    void patchesOfAllThreeKindsAreUnderstood() throws Exception {
        api.apply(SECRET, "outrider", object("one", Map.of("a", "1")));
        api.apply(SECRET, "outrider", object("one", Map.of("b", "2")));
        Map<String, @Nullable Object> patched =
                api.patch(
                        SECRET,
                        PatchType.JSON,
                        List.of(
                                Map.of("op", "test", "path", "/data/a", "value", "1"),
                                Map.of("op", "remove", "path", "/data/a"),
                                Map.of("op", "add", "path", "/data/x~1y", "value", "3")));

        assertThat(Fields.texts(patched, "data")).isEqualTo(Map.of("b", "2", "x/y", "3"));
        KubeException failed =
                failure(() ->
                        api.patch(
                                SECRET,
                                PatchType.JSON,
                                List.of(Map.of("op", "remove", "path", "/data/none"))));
        assertThat(failed.status()).isEqualTo(422);
    }

    @Test
    void aChangeOfAnOldVersionIsAConflict() throws Exception {
        Map<String, @Nullable Object> old = api.create(SECRETS, object("one", Map.of("a", "1")));
        api.patch(SECRET, PatchType.MERGE, Map.of("data", Map.of("a", "2")));
        KubeException again = failure(() -> api.create(SECRETS, object("one", Map.of())));

        assertThat(failure(() -> api.replace(SECRET, old)).conflict()).isTrue();
        assertThat(again.conflict()).isTrue();
        assertThat(again.reason()).isEqualTo("AlreadyExists");
    }

    @Test
    void aListIsReadInPages() throws Exception {
        for (int number = 0; number < 23; number++) {
            kubernetes.put(
                    Resource.SECRETS.named("shop", "s" + number), object("s" + number, Map.of()));
        }
        KubeApi.Listing listing;
        try (KubeApi paging = paging(10)) {
            listing = paging.list(SECRETS, Selector.ALL);
        }

        assertThat(listing.items()).hasSize(23);
        assertThat(listing.resourceVersion()).isEqualTo(Long.toString(kubernetes.version()));
        assertThat(kubernetes.count("list", "secrets")).isEqualTo(3);
    }

    @Test
    void aListForgottenBetweenTwoPagesIsBegunAgainOnce() throws Exception {
        for (int number = 0; number < 5; number++) {
            kubernetes.put(
                    Resource.SECRETS.named("shop", "s" + number), object("s" + number, Map.of()));
        }
        try (KubeApi paging = paging(2)) {
            CountDownLatch once = new CountDownLatch(1);
            kubernetes.script(request -> {
                if (request.query().containsKey("continue") && once.getCount() > 0) {
                    once.countDown();
                    kubernetes.compact();
                }
                return null;
            });

            assertThat(paging.list(SECRETS, Selector.ALL).items()).hasSize(5);
            kubernetes.script(request -> {
                if (request.query().containsKey("continue")) {
                    kubernetes.compact();
                }
                return null;
            });
            assertThat(failure(() -> paging.list(SECRETS, Selector.ALL)).expired()).isTrue();
        }
    }

    @Test
    void selectorsReachTheServer() throws Exception {
        kubernetes.put(
                SECRET, Map.of("metadata", Map.of("name", "one", "labels", Map.of("app", "a b"))));
        kubernetes.put(Resource.SECRETS.named("shop", "two"), object("two", Map.of()));

        assertThat(api.list(SECRETS, Selector.labels("app in (a b,c)")).items()).hasSize(1);
        assertThat(api.list(SECRETS, Selector.named("two")).items()).hasSize(1);
        assertThat(api.list(Resource.SECRETS.all(), Selector.labels("!app")).items()).hasSize(1);
    }

    @Test
    void aMissingRightIsNamed() {
        kubernetes.forbid("get", "secrets");
        KubeException refused = failure(() -> api.get(SECRET));

        assertThat(refused.forbidden()).isTrue();
        assertThat(refused.retryable()).isFalse();
        assertThat(refused)
                .hasMessageContaining("get secrets 'one' in namespace 'shop'")
                .hasMessageContaining("grant 'get' on 'secrets' in namespace 'shop'");
    }

    @Test
    void aMissingNamespaceIsNamed() {
        KubeException refused =
                failure(() -> api.create(Resource.SECRETS.in("nowhere"), object("a", Map.of())));

        assertThat(refused.notFound()).isTrue();
        assertThat(refused).hasMessageContaining("does the namespace exist");
    }

    @Test
    void aBusyServerSaysWhenToComeBack() {
        kubernetes.answer(
                "get",
                "secrets",
                1,
                FakeAnswer.failure(429, "TooManyRequests", "slow down").with("Retry-After", "7"));
        KubeException refused = failure(() -> api.get(SECRET));

        assertThat(refused.retryable()).isTrue();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void anAnswerThatIsNoJsonIsMalformed() {
        kubernetes.answer("get", "secrets", 1, FakeAnswer.raw(200, "<html>proxy</html>"));
        kubernetes.answer("list", "secrets", 1, FakeAnswer.raw(200, "{\"items\":[]}"));

        assertThat(failure(() -> api.get(SECRET)).reason()).isEqualTo("Malformed");
        assertThat(failure(() -> api.list(SECRETS, Selector.ALL)))
                .hasMessageContaining("a list without a version");
        kubernetes.answer("get", "secrets", 1, FakeAnswer.raw(502, "bad gateway"));
        assertThat(failure(() -> api.get(SECRET)))
                .hasMessageContaining("502")
                .hasMessageContaining("bad gateway");
    }

    @Test
    void anAnswerWithoutEndIsNotTaken() {
        Limits small = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 10_000, 10);
        kubernetes.put(SECRET, object("one", Map.of("a", "x".repeat(20_000))));
        try (KubeApi bounded = new KubeApi(kubernetes.uri(), () -> "", null, small)) {
            KubeException refused = failure(() -> bounded.get(SECRET));

            assertThat(refused.reason()).isEqualTo("TooLarge");
            assertThat(refused.retryable()).isFalse();
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() {
        CountDownLatch never = new CountDownLatch(1);
        kubernetes.hold("get", "secrets", never);
        KubeException late = failure(() -> api.within(Duration.ofMillis(50)).get(SECRET));
        never.countDown();

        assertThat(late.reason()).isEqualTo("Timeout");
        assertThat(late.retryable()).isTrue();
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (KubeApi nobody =
                new KubeApi(
                        URI.create("http://127.0.0.1:" + free),
                        () -> "",
                        null,
                        FakeKubernetes.PATIENT)) {
            assertThat(failure(() -> nobody.get(SECRET)).reason()).isEqualTo("Unreachable");
        }
    }

    @Test
    void aNameThatWouldLeaveItsPlaceIsRefused() {
        assertThatThrownBy(() -> Resource.SECRETS.named("shop", "../x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'../x'");
        assertThatThrownBy(() -> Resource.SECRETS.in("a/b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Resource.SECRETS.in("a?b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPodsTokenAndTheClustersCaAreFollowed() throws Exception {
        try (FakeKubernetes first = FakeKubernetes.startTls();
                FakeKubernetes other = FakeKubernetes.startTls()) {
            first.accept("old");
            Map<String, String> environment = first.serviceAccount(temp, "old\n");
            try (KubeApi pod = KubeApi.inCluster(environment, temp)) {
                assertThat(pod.get("/version")).containsEntry("minor", "33");

                first.reject("old");
                first.accept("newer");
                assertThat(failure(() -> pod.get("/version")).status()).isEqualTo(401);
                rotate(temp.resolve("token"), "newer");
                assertThat(pod.get("/version")).containsEntry("minor", "33");
            }
            other.accept("newer");
            Map<String, String> moved =
                    Map.of(
                            "KUBERNETES_SERVICE_HOST",
                            "127.0.0.1",
                            "KUBERNETES_SERVICE_PORT",
                            Integer.toString(other.uri().getPort()));
            try (KubeApi pod = KubeApi.inCluster(moved, temp)) {
                assertThat(failure(() -> pod.get("/version")))
                        .hasMessageContaining("is ca.crt that of this cluster?");
                rotate(temp.resolve("ca.crt"), "half of a cert");
                assertThat(failure(() -> pod.get("/version")).reason()).isEqualTo("Unreachable");
                rotate(temp.resolve("ca.crt"), other.caPem());
                assertThat(pod.get("/version")).containsEntry("minor", "33");
            }
        }
    }

    @Test
    void outsideOfAPodTheMendIsTold() throws Exception {
        assertThatThrownBy(() -> KubeApi.inCluster(Map.of(), temp))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("KUBERNETES_SERVICE_HOST is not set");
        assertThatThrownBy(() ->
                        KubeApi.inCluster(
                                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1"), temp.resolve("no")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("automountServiceAccountToken");
    }

    private KubeApi paging(int page) {
        Limits limits = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 1 << 20, page);
        return new KubeApi(kubernetes.uri(), () -> "", null, limits);
    }

    /** As the kubelet does it: another file takes the name. */
    private void rotate(Path file, String content) throws IOException {
        Path next = Files.writeString(temp.resolve("next"), content);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Map<String, Object> object(String name, Map<String, String> data) {
        return Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of("name", name),
                "data",
                data);
    }

    private static KubeException failure(ThrowingCallable call) {
        KubeException thrown = catchThrowableOfType(KubeException.class, call);
        assertThat(thrown).isNotNull();
        return thrown;
    }
}
