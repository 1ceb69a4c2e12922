package dev.outrider.sidecar.discover;

import static dev.outrider.sidecar.schema.Plain.mapping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointsConfigTest {
    @Test
    void readsAListOrAName() {
        assertThat(EndpointsConfig.SCHEMA.read(mapping("static", "10.0.0.7:80 weight=3")))
                .isEqualTo(
                        new EndpointsConfig(
                                List.of(new Endpoint("10.0.0.7", 80, 3, null)), null, 0));
        assertThat(EndpointsConfig.SCHEMA.read(mapping("dns", "billing.test", "port", "80")))
                .isEqualTo(new EndpointsConfig(List.of(), "billing.test", 80));
        assertThat(DnsConfig.SCHEMA.read(mapping())).isEqualTo(DnsConfig.DEFAULTS);
    }

    @Test
    void readsAServiceOfTheCluster() {
        assertThat(EndpointsConfig.SCHEMA.read(mapping("kubernetes", "billing.shop", "port", "80")))
                .isEqualTo(
                        new EndpointsConfig(
                                List.of(), null, "billing.shop", ServicePort.of(80), false));
        assertThat(
                        EndpointsConfig.SCHEMA
                                .read(mapping("kubernetes", "db-0.db.shop.svc", "port", "sql"))
                                .port()
                                .name())
                .isEqualTo("sql");
        for (Value value :
                List.of(
                        mapping("kubernetes", "billing.shop"),
                        mapping("kubernetes", "b", "dns", "b.test", "port", "80"),
                        mapping("kubernetes", "b", "static", "a:1", "port", "80"))) {
            assertThatThrownBy(() -> EndpointsConfig.SCHEMA.read(value))
                    .hasMessageContaining("either static");
        }
        assertThatThrownBy(() ->
                        EndpointsConfig.SCHEMA.read(
                                mapping("kubernetes", "a.b.example.com", "port", "80")))
                .hasMessageContaining("must be a Service");
        assertThatThrownBy(() ->
                        EndpointsConfig.SCHEMA.read(
                                mapping("kubernetes", "b", "port", "Not_A_Name")))
                .hasMessageContaining("port's number, or the name");
        assertThatThrownBy(
                        () -> EndpointsConfig.SCHEMA.read(mapping("dns", "b.test", "port", "http")))
                .hasMessageContaining("its port a number");
    }

    @Test
    void aClusterIsThatOfThePodUnlessSomethingElseIsSaid() {
        KubernetesConfig read = KubernetesConfig.SCHEMA.read(mapping());
        assertThat(read).isEqualTo(KubernetesConfig.DEFAULTS);
        assertThat(read.in("shop", "eu-1").namespace()).isEqualTo("shop");
        assertThat(read.in("shop", "eu-1").zone()).isEqualTo("eu-1");
        KubernetesConfig said =
                KubernetesConfig.SCHEMA.read(mapping("namespace", "pay", "zone", ""));
        assertThat(said.in("shop", "eu-1").namespace()).isEqualTo("pay");
        assertThat(said.in("shop", "eu-1").zone()).isEmpty();
        assertThatThrownBy(() -> KubernetesConfig.SCHEMA.read(mapping("namespace", "No/Name")))
                .hasMessageContaining("name of a namespace");
    }

    @Test
    void refusesBothAndNeitherAndHalf() {
        for (Value value :
                List.of(
                        mapping(),
                        mapping("dns", "billing.test"),
                        mapping("port", "80"),
                        mapping("static", "a:1", "dns", "b", "port", "80"))) {
            assertThatThrownBy(() -> EndpointsConfig.SCHEMA.read(value))
                    .hasMessageContaining("either static");
        }
        assertThatThrownBy(() -> EndpointsConfig.SCHEMA.read(mapping("static", "a:1 weight=x")))
                .hasMessageContaining("weight must be a number");
        assertThatThrownBy(() -> DnsConfig.SCHEMA.read(mapping("nameServers", "dns.test:53")))
                .hasMessageContaining("must be IP addresses");
        assertThatThrownBy(() -> DnsConfig.SCHEMA.read(mapping("minTtl", "10m")))
                .hasMessageContaining("minTtl must be between");
    }
}
