package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterNameTest {
    private static @Nullable ClusterName parse(String host) {
        return ClusterName.parse(host, "shop", "cluster.local");
    }

    @ParameterizedTest
    @CsvSource({
        "billing, '', billing, shop",
        "Billing, '', billing, shop",
        "billing.pay, '', billing, pay",
        "billing.pay.svc, '', billing, pay",
        "billing.pay.svc.cluster.local, '', billing, pay",
        "billing.pay.svc.cluster.local., '', billing, pay",
        "billing.svc, '', billing, svc",
        "db-0.db.pay.svc, db-0, db, pay",
        "db-0.db.pay.svc.cluster.local, db-0, db, pay"
    })
    void understandsWhatTheClustersDnsWould(
            String host, String hostname, String service, String namespace) {
        ClusterName name = parse(host);
        assertThat(name).isEqualTo(new ClusterName(hostname, new ServiceName(service, namespace)));
        assertThat(parse(String.valueOf(name))).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "localhost",
                "10.0.0.7",
                "[fd00::7]",
                "api.example.com",
                "a.b.c.d.svc",
                "pod.cluster.local",
                "billing.cluster.local",
                "svc.cluster.local",
                "-a.shop",
                "a_b",
                "a..svc",
                "x.y.z.w.svc.cluster.local",
                "billing/../secrets",
                "billing%2f.shop"
            })
    void leavesEverythingElseAlone(String host) {
        assertThat(parse(host)).isNull();
    }

    @Test
    void longLabelsAreNone() {
        assertThat(parse("a".repeat(63))).isNotNull();
        assertThat(parse("a".repeat(64))).isNull();
        assertThat(parse("a.".repeat(200))).isNull();
    }

    @Test
    void saysWhatDnsKnowsItBy() {
        ClusterName name = ClusterName.parse("db-0.db.pay.svc", "shop", "cluster.local");
        assertThat(Objects.requireNonNull(name).dns("k8s.test"))
                .isEqualTo("db-0.db.pay.svc.k8s.test");
    }
}
