package dev.outrider.injector.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshConfigTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# only a remark\n",
                "profile: sidecar\nidentity: {trustDomain: \"${OUTRIDER_TRUST_DOMAIN}\"}\n"
            })
    void whatIsAMappingMayBeSpread(String yaml) {
        assertThat(MeshConfig.fault(Map.of("mesh.yaml", yaml))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inbound: {mtls: strict",
                "a: 1\n b: 2\n",
                "- a\n- b\n",
                "just a text",
                "a: *nowhere\n",
                "a: b\u0000",
                "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]"
            })
    void whatIsBrokenIsSaidToBe(String yaml) {
        assertThat(MeshConfig.fault(Map.of("mesh.yaml", yaml)).orElse(""))
                .contains("mesh.yaml")
                .doesNotContain("\n");
    }

    @Test
    void aMissingKeyIsNamed() {
        assertThat(MeshConfig.fault(Map.of("other.yaml", "")).orElse(""))
                .contains("no key mesh.yaml");
    }

    /** The parser reads by pieces, and one must not end within a character. */
    @Test
    void charactersOfTwoHalvesMayStandAnywhere() {
        for (int before = 1_000; before < 1_040; before++) {
            String yaml = "a: \"" + "x".repeat(before) + "\uD83D\uDE00\"\n";
            assertThat(MeshConfig.fault(Map.of("mesh.yaml", yaml))).isEmpty();
        }
    }
}
