package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.edge.EdgeRouteConfig;
import dev.outrider.sidecar.schema.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What docs/routes.md shows is what can be written. */
final class RoutesPageTest {
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void allItsExamplesHold() throws IOException {
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("../docs/routes.md")));
        List<RouteTable.Entry<String>> routes = new ArrayList<>();
        boolean paths = false;
        while (blocks.find()) {
            String text = blocks.group(1).replace("$${", "${");
            Object plain = new Load(LoadSettings.builder().build()).loadFromString(text);
            if (plain instanceof List<?> list) {
                list.forEach(each -> routes.add(route(each)));
            } else if (plain instanceof Map<?, ?> map) {
                assertThat(
                                PathConfig.SCHEMA.read(
                                        Plain.value(Objects.requireNonNull(map.get("paths")))))
                        .isEqualTo(PathConfig.DEFAULTS);
                paths = true;
            }
        }
        assertThat(paths).isTrue();
        assertThat(routes).hasSizeGreaterThan(15);
        assertThat(RouteTable.of(routes).find(Heads.head("GET", "h", "/health"), "/health"))
                .isEqualTo("health");
    }

    private static RouteTable.Entry<String> route(Object plain) {
        Map<Object, Object> whole = new LinkedHashMap<>((Map<?, ?>) plain);
        if (whole.containsKey("service") || whole.containsKey("split")) {
            whole.putIfAbsent("auth", Map.of("anonymous", true)); // as the page says
        }
        RouteConfig route = Plain.read(EdgeRouteConfig.SCHEMA, whole).route();
        RouteFilters filters =
                RouteFilters.of(
                        route,
                        new RouteFilters.Context(
                                PathConfig.DEFAULTS,
                                _ -> 0,
                                () -> new Random(7),
                                InstantSource.system()));
        assertThat(filters.choice().size() + filters.last().size()).as(route.name()).isPositive();
        return new RouteTable.Entry<>(route.name(), route.match(), route.priority(), route.name());
    }
}
