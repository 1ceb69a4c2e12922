package dev.outrider.injector;

import static dev.outrider.injector.Rig.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.DnsNames;
import dev.outrider.certs.kubernetes.Fields;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole replicas, with an API server's double on one side and its calls on the other. */
class InjectorIT {
    private static final String COPY = "/api/v1/namespaces/shop/configmaps/outrider-mesh";

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(\\{.*})? [-0-9.E]+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    @TempDir Path temp;
    private final TestAuthority authority = new TestAuthority(Instant.now());
    private Rig rig;
    private Path secret;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        secret = temp.resolve("secret");
        authority.mount(secret);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void itMakesItselfTrustedAnswersAndKeepsTheCluster() throws Exception {
        try (Injector injector = rig.start("one", Rig.secret(secret), Optional.empty());
                ApiServerCaller api = new ApiServerCaller(webhook(injector))) {
            eventually(() -> Rig.ready(health(injector)));
            assertThat(rig.caBundle()).isEqualTo(authority.roots());
            assertThat(api.review(rig.caBundle(), Reviews.text("deployment")).body())
                    .contains("\"patchType\":\"JSONPatch\"");
            assertThat(api.review(rig.caBundle(), inNamespace("other")).body())
                    .contains("\"allowed\":true")
                    .doesNotContain("patch");
            eventually(() -> rig.fake.find(COPY).isPresent());
            assertThat(rig.fake.find("/api/v1/namespaces/other/configmaps/outrider-mesh"))
                    .isEmpty();

            rig.fake.namespace("other", Map.of("outrider.dev/inject", "enabled"));
            eventually(() ->
                    rig.fake.find("/api/v1/namespaces/other/configmaps/outrider-mesh").isPresent());

            rig.fake.put(Rig.CONFIGURATION, Rig.configuration("", "b3ZlcndyaXR0ZW4="));
            eventually(() -> rig.caBundle().equals(authority.roots()));
            rig.fake.dropWatches();
            rig.fake.compact();
            rig.fake.put(Rig.CONFIGURATION, Rig.configuration("", ""));
            eventually(() -> rig.caBundle().equals(authority.roots()));
            eventually(() -> Rig.ready(health(injector)));
        }
        assertThat(rig.holder().orElse("")).as("the Lease is given back").isEmpty();
    }

    @Test
    void unmeshedPodsAreCountedAndAStatusShowsThem() throws Exception {
        rig.fake.put(
                "/api/v1/namespaces/shop/pods/web-5d7f8-a",
                Map.of(
                        "metadata",
                        Map.of("name", "web-5d7f8-a", "namespace", "shop", "uid", "u"),
                        "spec",
                        Map.of("containers", List.of(Map.of("name", "app", "image", "app:1"))),
                        "status",
                        Map.of("phase", "Running")));
        try (Injector injector = rig.start("one", Rig.secret(secret), Optional.empty())) {
            String line = "outrider_injector_pods{namespace=\"shop\",state=\"missing\"} 1";
            eventually(() -> Rig.get(health(injector), "/metrics").body().contains(line));
            assertThat(Rig.get(health(injector), "/metrics").body())
                    .contains("outrider_injector_leader 1")
                    .contains("outrider_injector_mesh_config_valid 1");
            eventually(() -> Rig.ready(health(injector)));
            assertThat(exported(Rig.get(health(injector), "/metrics").body()))
                    .as("what the alerts and dashboards are checked against")
                    .containsExactlyInAnyOrderElementsOf(
                            Files.readAllLines(
                                    Path.of("..", "k8s", "tests", "metrics-injector.txt")));

            StringWriter out = new StringWriter();
            int code =
                    Main.commandLine()
                            .setOut(new PrintWriter(out))
                            .execute("injector", "status", "--api", rig.fake.uri().toString());
            assertThat(code).isEqualTo(1);
            assertThat(out.toString())
                    .containsPattern("shop +Pod/web-5d7f8-a +1 +0 +0 +1 +make the pod anew")
                    .contains("The API server trusts for the webhook");
        }
    }

    /** First both are trusted, then another certificate is shown: nobody notices. */
    @Test
    void anotherRootIsTakenUnderLoadWithoutAFailedCall() throws Exception {
        TestAuthority next = new TestAuthority(Instant.now());
        AtomicBoolean go = new AtomicBoolean(true);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        try (Injector injector = rig.start("one", Rig.secret(secret), Optional.empty())) {
            eventually(() -> Rig.ready(health(injector)));
            List<Thread> callers = new ArrayList<>();
            for (int each = 0; each < 3; each++) {
                callers.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try (ApiServerCaller api =
                                            new ApiServerCaller(webhook(injector))) {
                                        while (go.get()) {
                                            answered(
                                                    api.review(
                                                            rig.caBundle(),
                                                            Reviews.text("deployment")));
                                            api.hangUp();
                                        }
                                    } catch (IOException | RuntimeException e) {
                                        failures.add(e);
                                    }
                                }));
            }
            X509Certificate before = shown(injector);
            next.mount(secret);
            eventually(() -> rig.caBundle().containsAll(next.roots()));
            assertThat(rig.caBundle()).as("both, for a while").containsAll(authority.roots());
            eventually(() -> !shown(injector).equals(before));
            assertThat(Rig.ready(health(injector))).isTrue();
            go.set(false);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void ofTwoReplicasOneRunsTheControllersAndBothAnswer() throws Exception {
        Injector first = rig.start("one", Rig.secret(secret), Optional.empty());
        eventually(() -> Rig.ready(health(first)));
        try (Injector second = rig.start("two", Rig.secret(secret), Optional.empty())) {
            eventually(() -> Rig.ready(health(second)));
            assertThat(rig.holder()).hasValue("one");
            for (Injector each : List.of(first, second)) {
                try (ApiServerCaller api = new ApiServerCaller(webhook(each))) {
                    answered(api.review(rig.caBundle(), Reviews.text("job")));
                }
            }
            assertThat(Rig.get(health(second), "/metrics").body())
                    .contains("outrider_injector_leader 0");

            first.close();
            eventually(() -> rig.holder().equals(Optional.of("two")));
            rig.fake.delete(COPY);
            eventually(() -> rig.fake.find(COPY).isPresent());
        }
    }

    @Test
    void itsOwnCertificateComesFromTheMeshsAuthority() throws Exception {
        SecureRandom random = new SecureRandom();
        AuthorityDirectory directory =
                AuthorityDirectory.create(
                        temp.resolve("ca"),
                        "cluster.local",
                        KeyAlgorithm.EC_P256,
                        Instant.now(),
                        random);
        SpiffeId id = SpiffeId.of("cluster.local", "outrider-system", "outrider-injector");
        Path token = temp.resolve("token");
        Path trust = temp.resolve("bundle.pem");
        Path config = temp.resolve("injector.yaml");
        Files.writeString(
                token, directory.tokens().create(id, Duration.ofHours(1), false, Instant.now()));
        Files.writeString(trust, directory.authority().bundle().toPem());
        DnsNames names =
                DnsNames.parse(
                        List.of("ns/outrider-system/sa/outrider-injector=" + TestAuthority.NAME));
        try (CaServer ca =
                CaServer.start(directory, settings(names), InstantSource.system(), random)) {
            Files.writeString(config, "ca: https://127.0.0.1:" + ca.address().getPort() + "\n");
            try (Injector injector =
                            rig.start(
                                    "one",
                                    new Injector.Certificate.Mesh("outrider-injector", token),
                                    trust,
                                    Optional.of(config));
                    ApiServerCaller api = new ApiServerCaller(webhook(injector))) {
                eventually(() -> Rig.ready(health(injector)));
                assertThat(rig.caBundle()).isEqualTo(directory.authority().bundle().roots());
                answered(api.review(rig.caBundle(), Reviews.text("deployment")));
                assertThat(api.shown().getSubjectAlternativeNames().toString())
                        .contains(id.toString(), TestAuthority.NAME);
            }
        }
    }

    @Test
    void anAuthorityThatGivesNoNameIsSaidWithTheMend() throws Exception {
        SecureRandom random = new SecureRandom();
        AuthorityDirectory directory =
                AuthorityDirectory.create(
                        temp.resolve("ca"),
                        "cluster.local",
                        KeyAlgorithm.EC_P256,
                        Instant.now(),
                        random);
        SpiffeId id = SpiffeId.of("cluster.local", "outrider-system", "outrider-injector");
        Path token = temp.resolve("token");
        Path trust = temp.resolve("bundle.pem");
        Path config = temp.resolve("injector.yaml");
        Files.writeString(
                token, directory.tokens().create(id, Duration.ofHours(1), false, Instant.now()));
        Files.writeString(trust, directory.authority().bundle().toPem());
        try (CaServer ca =
                CaServer.start(
                        directory, settings(DnsNames.NONE), InstantSource.system(), random)) {
            Files.writeString(config, "ca: https://127.0.0.1:" + ca.address().getPort() + "\n");
            try (Injector injector =
                    rig.start(
                            "one",
                            new Injector.Certificate.Mesh("outrider-injector", token),
                            trust,
                            Optional.of(config))) {
                String mend =
                        "outrider ca --dns-name ns/outrider-system/sa/outrider-injector="
                                + TestAuthority.NAME;
                eventually(() -> Rig.get(health(injector), "/ready").body().contains(mend));
            }
        }
    }

    /** Its namespace did not opt in, so nobody else brings what its sidecar mounts. */
    @Test
    void aPodThatAsksByItselfGetsWhatItsSidecarMounts() throws Exception {
        Path trust = temp.resolve("bundle.pem");
        Files.writeString(trust, authority.rootsPem());
        String bundle = "/api/v1/namespaces/other/configmaps/outrider-trust";
        try (Injector _ = rig.start("one", Rig.secret(secret), trust, Optional.empty())) {
            eventually(() -> rig.fake.find(COPY).isPresent());
            assertThat(rig.fake.find(bundle)).isEmpty();
            rig.fake.put(
                    "/api/v1/namespaces/other/pods/web",
                    Map.of(
                            "metadata",
                            Map.of(
                                    "name",
                                    "web",
                                    "namespace",
                                    "other",
                                    "labels",
                                    Map.of("outrider.dev/inject", "true")),
                            "spec",
                            Map.of("containers", List.of(Map.of("name", "app"))),
                            "status",
                            Map.of("phase", "Pending")));
            eventually(() -> rig.fake.find(bundle).isPresent());
            assertThat(Fields.text(rig.fake.find(bundle).orElseThrow(), "data", "bundle.pem"))
                    .hasValue(authority.rootsPem());
            assertThat(Fields.labels(rig.fake.find(bundle).orElseThrow()))
                    .as("the authority takes it over")
                    .containsEntry("app.kubernetes.io/managed-by", "outrider");
            assertThat(rig.fake.find("/api/v1/namespaces/other/configmaps/outrider-mesh"))
                    .isPresent();
            assertThat(rig.fake.find("/api/v1/namespaces/shop/configmaps/outrider-trust"))
                    .as("the authority's to deliver")
                    .isEmpty();
        }
    }

    @Test
    void aChangedConfigurationHoldsForTheNextPodAndABrokenOneDoesNot() throws Exception {
        Path config = temp.resolve("injector.yaml");
        Files.writeString(config, "image: registry.example/outrider:1\n");
        try (Injector injector = rig.start("one", Rig.secret(secret), Optional.of(config));
                ApiServerCaller api = new ApiServerCaller(webhook(injector))) {
            eventually(() -> Rig.ready(health(injector)));
            assertThat(patch(api)).contains("registry.example/outrider:1");

            replace(config, "image: registry.example/outrider:2\n");
            eventually(() -> patch(api).contains("registry.example/outrider:2"));

            replace(config, "imag: registry.example/outrider:3\n");
            eventually(() ->
                    Rig.get(health(injector), "/metrics")
                            .body()
                            .contains("outrider_injector_config_rejected 1"));
            assertThat(patch(api)).contains("registry.example/outrider:2");
        }
    }

    /** In one step, as the kubelet does: half a file would be another configuration. */
    private static void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void withoutAnApiServerItIsAliveAndSaysWhatItWaitsFor() throws Exception {
        rig.fake.forbid("list", "namespaces");
        try (Injector injector = rig.start("one", Rig.secret(secret), Optional.empty())) {
            eventually(() -> Rig.get(health(injector), "/ready").body().contains("forbidden"));
            assertThat(Rig.get(health(injector), "/ready").statusCode()).isEqualTo(503);
            assertThat(Rig.get(health(injector), "/live").statusCode()).isEqualTo(200);
            rig.fake.behave();
            eventually(() -> Rig.ready(health(injector)));
        }
    }

    /** Each name with the names of its labels. */
    private static Set<String> exported(String text) {
        Set<String> names = new TreeSet<>();
        for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            StringBuilder name = new StringBuilder(sample.group(1));
            Matcher labels = LABEL.matcher(Objects.requireNonNullElse(sample.group(2), ""));
            while (labels.find()) {
                name.append(' ').append(labels.group(1));
            }
            names.add(name.toString());
        }
        return names;
    }

    private static CaSettings settings(DnsNames names) {
        CaSettings defaults = CaSettings.DEFAULTS;
        return new CaSettings(
                new InetSocketAddress("127.0.0.1", 0),
                defaults.hosts(),
                defaults.svidTtl(),
                defaults.jwtTtl(),
                defaults.schedule(),
                new CaSettings.Rate(1000, 1000),
                new CaSettings.Rate(1000, 1000),
                names,
                defaults.rootDistribution());
    }

    private String patch(ApiServerCaller api) throws IOException {
        String text =
                Fields.text(
                                api.review(rig.caBundle(), Reviews.text("deployment")).json(),
                                "response",
                                "patch")
                        .orElse("");
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private X509Certificate shown(Injector injector) throws IOException {
        try (ApiServerCaller api = new ApiServerCaller(webhook(injector))) {
            answered(api.review(rig.caBundle(), Reviews.text("job")));
            return api.shown();
        }
    }

    private static String inNamespace(String namespace) {
        return Reviews.text("deployment")
                .replace("\"namespace\": \"shop\"", "\"namespace\": \"" + namespace + "\"");
    }

    private static void answered(ApiServerCaller.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException(answer.body());
        }
    }

    private static int webhook(Injector injector) {
        return injector.ports().webhook().getPort();
    }

    private static int health(Injector injector) {
        return injector.ports().health().getPort();
    }
}
