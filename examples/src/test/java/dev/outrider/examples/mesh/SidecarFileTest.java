package dev.outrider.examples.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.examples.process.Ports;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class SidecarFileTest {
    private final Ports ports = new Ports(numbered());
    private final SidecarFile files = new SidecarFile(ports, Path.of("/demo"));

    @Test
    void ordersLetsOnlyWebInAndKnowsBothBillings() {
        Object file = yaml(Workload.ORDERS);

        assertThat(at(file, "inbound.access.0.allow.from"))
                .isEqualTo(List.of("spiffe://cluster.local/ns/shop/sa/web"));
        assertThat(at(file, "inbound.jwt.audience")).isEqualTo(List.of("orders"));
        assertThat(at(file, "outbound.services.billing.endpoints.static"))
                .isEqualTo(
                        List.of(
                                "127.0.0.1:" + ports.of("billing-1 inbound"),
                                "127.0.0.1:" + ports.of("billing-2 inbound")));
        assertThat(at(file, "outbound.services.billing.retry.perTry")).isEqualTo("1s");
        assertThat(at(file, "outbound.services.billing.breaker.failureRate")).isEqualTo("50%");
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void eachFileIsYamlWithPortsOfItsOwn(Workload workload) {
        Object file = yaml(workload);

        assertThat(at(file, "inbound.app")).isEqualTo("127.0.0.1:" + ports.of(workload.instance()));
        assertThat(at(file, "identity.id")).asString().endsWith("/sa/" + workload.service());
        assertThat(at(file, "accessLog.output"))
                .isEqualTo("/demo/" + workload.instance() + "-access.jsonl");
    }

    static List<Workload> workloads() {
        return Workload.ALL;
    }

    private Object yaml(Workload workload) {
        return new Load(LoadSettings.builder().build()).loadFromString(files.text(workload));
    }

    private static Object at(Object tree, String path) {
        Object node = tree;
        for (String step : Arrays.asList(path.split("\\."))) {
            Object child =
                    node instanceof List<?> list
                            ? list.get(Integer.parseInt(step))
                            : node instanceof Map<?, ?> map ? map.get(step) : null;
            node = Objects.requireNonNull(child, () -> "no '" + step + "' of " + path);
        }
        return node;
    }

    private static Map<String, Integer> numbered() {
        Map<String, Integer> byName = new LinkedHashMap<>();
        Workload.portNames().forEach(name -> byName.put(name, 20_000 + byName.size()));
        return byName;
    }
}
