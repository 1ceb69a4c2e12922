package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.config.ConfigLayer;
import dev.outrider.sidecar.config.ConfigLayers;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyArgumentsTest {
    private static @Nullable ProxyArguments plain(String line) {
        return ProxyArguments.plain(line.split(" ", -1));
    }

    @Test
    void whatAPodStartsWithGoesPastPicocli() {
        assertThat(plain("sidecar --config a.yaml"))
                .isEqualTo(new ProxyArguments(ConfigLayers.of(Path.of("a.yaml")), 0));
        assertThat(
                        plain(
                                "sidecar --set a=1 --config-if-present b --config a --until-apps-end"
                                        + " --set b.c={}"))
                .isEqualTo(
                        new ProxyArguments(
                                ConfigLayers.of(
                                        List.of(
                                                new ConfigLayer.File(Path.of("b"), true),
                                                new ConfigLayer.File(Path.of("a"), false)),
                                        List.of(
                                                new ConfigLayer.Setting("a", List.of("a"), "1"),
                                                new ConfigLayer.Setting(
                                                        "b.c", List.of("b", "c"), "{}"))),
                                1));
        assertThat(plain("sidecar --config=a=b --set=c={d:\"e=f\"} --config-if-present=g"))
                .isEqualTo(
                        new ProxyArguments(
                                ConfigLayers.of(
                                        List.of(
                                                new ConfigLayer.File(Path.of("a=b"), false),
                                                new ConfigLayer.File(Path.of("g"), true)),
                                        List.of(
                                                new ConfigLayer.Setting(
                                                        "c", List.of("c"), "{d:\"e=f\"}"))),
                                0));
        ProxyArguments three = plain("sidecar --config a --until-apps-end=3");
        assertThat(three).extracting(ProxyArguments::apps).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "check --config a",
                "sidecar",
                "sidecar --help",
                "sidecar --config",
                "sidecar --other=a",
                "sidecar --config",
                "sidecar -c a",
                "sidecar --config a --check",
                "sidecar --config-if-present a",
                "sidecar --config a --set b",
                "sidecar --config a --until-apps-end=x",
                "sidecar --config a --until-apps-end=-1",
                "sidecar --config a --until-apps-end=101"
            })
    void everythingElseIsLeftToPicocli(String line) {
        assertThat(plain(line)).isNull();
    }
}
