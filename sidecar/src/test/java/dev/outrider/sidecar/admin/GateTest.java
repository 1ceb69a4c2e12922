package dev.outrider.sidecar.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.aside.PortRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    @ParameterizedTest
    @CsvSource({
        "GET, /live, 200",
        "GET, /ready, 200",
        "GET, /healthz/ready, 200",
        "GET, /metrics, 200",
        "GET, /, 403",
        "GET, /config_dump, 403",
        "GET, /clusters, 403",
        "POST, /quitquitquit, 403",
        "POST, /logging?logger=ROOT&level=debug, 403",
        "GET, /nothing, 404"
    })
    void aStrangerGetsHealthAndMetricsOnly(String method, String path, int status) {
        FakeSidecar sidecar = new FakeSidecar();
        PortRequest request =
                new PortRequest(
                        method,
                        path.replaceFirst("\\?.*", ""),
                        Map.of("logger", "ROOT", "level", "debug"),
                        Map.of("host", "10.0.0.9:15000"),
                        InetAddress.ofLiteral("10.0.0.7"));
        AdminRoutes routes = new AdminRoutes(sidecar.views(), new Gate(List.of()));
        assertThat(routes.answer(request).status()).isEqualTo(status);
        assertThat(sidecar.done).isEmpty();
        assertThat(sidecar.levels()).containsEntry("ROOT", "INFO");
    }
}
