package dev.outrider.examples.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods as {@code outrider inject} makes them, run as a kubelet would run them: what the manifests
 * say of users, capabilities, volumes, environment, probes and order is all that these containers
 * have. Needs root.
 */
@SuppressWarnings("NullAway.Init") // the cluster is made before the first test
final class RehearsalIT {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @TempDir static Path directory;
    private static Rehearsal cluster;
    private static Kubelet.Running web;
    private static Kubelet.Running billing;

    @BeforeAll
    static void startTheShop() throws Exception {
        var obstacle = Rehearsal.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        cluster = Rehearsal.start(directory);
        billing = cluster.start("Deployment", "billing");
        web = cluster.start("Deployment", "web");
        cluster.expose(Map.of("billing", billing, "web", web));
    }

    @AfterAll
    static void endIt() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aCallArrivesOverMutualTlsWithTheCallersIdentity() throws Exception {
        assertThat(cluster.callFrom(web, "http://billing:8080/invoice"))
                .contains("\"app\":\"billing\"", "\"path\":\"/invoice\"")
                .contains("spiffe://cluster.local/ns/shop/sa/web");
    }

    @Test
    void whoHasNoCertificateIsRefusedWhileTheKubeletIsNot() throws Exception {
        String address = billing.pod().address().getHostAddress();

        for (String host : List.of(address, "[" + billing.host().ipv6().getHostAddress() + "]")) {
            assertThat(cluster.plainCall("http://" + host + ":8080/invoice"))
                    .as(host)
                    .contains("Empty reply from server");
        }
        for (String probe : List.of("readinessProbe", "livenessProbe")) {
            assertThat(cluster.kubelet().probe(billing, "billing", probe)).as(probe).isTrue();
        }
    }

    @Test
    void containersHaveWhatIsDeclaredAndNoMore() throws Exception {
        Map<String, String> proxy = status(billing, "outrider");
        assertThat(proxy)
                .containsEntry("Uid", "1337 1337 1337 1337")
                .containsEntry("Gid", "1337 1337 1337 1337")
                .containsEntry("CapEff", "0000000000000000")
                .containsEntry("CapBnd", "0000000000000000")
                .containsEntry("NoNewPrivs", "1");
        assertThat(status(billing, "billing")).containsEntry("Uid", "10001 10001 10001 10001");
    }

    /** The kernel's words on the first process of a container. */
    private static Map<String, String> status(Kubelet.Running pod, String container)
            throws Exception {
        long pid = Kubelet.first(cluster.kubelet().child(pod, container)).pid();
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .map(line -> line.split(":\\s+", 2))
                .filter(word -> word.length == 2)
                .collect(
                        Collectors.toMap(
                                word -> word[0], word -> word[1].strip().replace('\t', ' ')));
    }

    @Test
    void whoScrapesFindsTheMetricsWhereTheAnnotationsSay() throws Exception {
        Map<String, String> annotations = billing.pod().annotations();

        assertThat(annotations).containsEntry("prometheus.io/scrape", "true");
        assertThat(
                        cluster.plainCall(
                                "http://%s:%s%s"
                                        .formatted(
                                                billing.pod().address().getHostAddress(),
                                                annotations.get("prometheus.io/port"),
                                                annotations.get("prometheus.io/path"))))
                .contains("outrider_");
    }

    @Test
    void aChangedConfigMapHoldsWithoutARestart() throws Exception {
        String url = "http://" + web.pod().address().getHostAddress() + ":8080/still";
        assertThat(cluster.plainCall(url)).doesNotContain("\"app\"");

        cluster.configure(web, "inbound: {mtls: permissive}\n");
        await().atMost(LONGEST).until(() -> cluster.plainCall(url).contains("\"app\":\"web\""));
        assertThat(cluster.callFrom(billing, "http://web:8080/"))
                .contains("spiffe://cluster.local/ns/shop/sa/billing");
    }

    @Test
    void theProxyOutlivesTheAppAndEndsAtOnceAfterIt() throws Exception {
        Kubelet.Running again = cluster.start("Deployment", "web", "web-2");

        // The pod has 300 s for it, and so the proxy for its drain; 143 is a JVM's end by SIGTERM.
        long began = System.nanoTime();
        assertThat(cluster.kubelet().terminate(again))
                .containsExactly(new Kubelet.Ending("web", 143), new Kubelet.Ending("outrider", 0));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONGEST.multipliedBy(2));
        assertThat(cluster.kubelet().child(again, "web").output()).contains("last call: 200");
    }

    @Test
    void aJobsPodEndsWhenItsWorkIsDone() throws Exception {
        Kubelet.Running visit = cluster.start("CronJob", "visit");

        assertThat(cluster.kubelet().complete(visit))
                .containsExactly(new Kubelet.Ending("visit", 0), new Kubelet.Ending("outrider", 0));
        assertThat(cluster.kubelet().child(visit, "visit").output())
                .contains("\"app\":\"billing\"", "200 ");
    }
}
