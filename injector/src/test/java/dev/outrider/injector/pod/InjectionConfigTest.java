package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InjectionConfigTest {
    @Test
    void theVersionIsTheProjects() throws IOException {
        assertThat(Files.readString(Path.of("..", "pom.xml")))
                .contains(
                        "<artifactId>outrider</artifactId>\n  <version>%s</version>"
                                .formatted(InjectionConfig.VERSION));
    }

    @Test
    void anEmptyFileIsTheDefaults() throws SettingsException {
        assertThat(InjectionConfig.parse("f", "")).isEqualTo(InjectionConfig.DEFAULTS);
        assertThat(InjectionConfig.parse("f", "# nothing\n")).isEqualTo(InjectionConfig.DEFAULTS);
    }

    @Test
    void whatIsWrittenHoldsAndTheRestIsAsByDefault(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("injector.yaml");
        Files.writeString(
                file,
                """
                image: mirror.example/outrider:2
                imagePullPolicy: Never
                controlPlane: mesh
                excludedNamespaces: [kube-system, ops]
                trustDomain: prod.example
                ca: https://ca.mesh.svc:9443
                nativeSidecar: off
                user: 2000
                ports: {pod: 16020}
                resources: {limits: {cpu: "", memory: 1Gi}}
                """);

        InjectionConfig config = InjectionConfig.load(file);

        assertThat(config.image()).isEqualTo("mirror.example/outrider:2");
        assertThat(config.imagePullPolicy()).isEqualTo(InjectionConfig.PullPolicy.NEVER);
        assertThat(config.excludedNamespaces()).containsExactly("kube-system", "ops");
        assertThat(config.ca()).hasHost("ca.mesh.svc").hasPort(9443);
        assertThat(config.nativeSidecar()).isEqualTo(InjectionConfig.NativeSidecar.OFF);
        assertThat(config.ports()).isEqualTo(new InjectionConfig.Ports(15_001, 15_006, 16_020));
        assertThat(config.resources())
                .isEqualTo(new InjectionConfig.Resources("100m", "128Mi", "", "1Gi"));
        assertThat(config.audience()).isEqualTo("outrider-ca");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    imge: x                            | f.yaml:1: imge: there is no such key; known here are image,
                    ports: {pod: 0}                    | f.yaml:1: ports.pod: '0': write a whole number from 1 to 65535
                    ports: {pod: 15006}                | f.yaml:1: ports: outbound, inbound, pod
                    `user: 7\nports:\n  pood: 1`       | f.yaml:3: ports.pood: there is no such key
                    resources: {requests: {cpu: much}} | f.yaml:1: resources.requests.cpu: 'much': write an amount
                    resources: 3                       | f.yaml:1: resources: keys with values are expected here
                    nativeSidecar: maybe               | f.yaml:1: nativeSidecar: 'maybe': write auto, on, off
                    imagePullPolicy: [Always]          | f.yaml:1: imagePullPolicy: one value is expected here
                    ca: http://ca                      | f.yaml:1: ca: 'http://ca': write an address such as https
                    image: "a b"                       | f.yaml:1: image: 'a b': write an image such as ghcr.io
                    image:                             | f.yaml:1: image: one value is expected here
                    `image: [`                         | f.yaml:1: not valid YAML
                    - image                            | f.yaml:1: keys with values are expected here
                    """)
    void saysWhereItIsWrongAndWhatWouldMendIt(String yaml, String message) {
        assertThatThrownBy(() -> InjectionConfig.parse("f.yaml", yaml.replace("\\n", "\n")))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(message);
    }
}
