package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class IdentityConfigTest {
    private static final Map<String, Value> CA =
            Map.of(
                    "address", text("https://ca.outrider:8443"),
                    "bundle", text("/etc/outrider/roots.pem"),
                    "token", text("/var/run/token"));

    @Test
    void readsAnIdentityFromTheAuthority() {
        IdentityConfig config = read("cluster.local", Map.of("ca", map(CA)));
        IdentityCa ca = Objects.requireNonNull(config.ca());
        assertThat(ca.key()).isEqualTo(KeyAlgorithm.EC_P256);
        assertThat(ca.cache()).isNull();
        assertThat(config.id()).isEqualTo(TestMesh.WEB);
    }

    @Test
    void wantsOneSourceThatAgreesWithItself() {
        assertThatThrownBy(() -> read("cluster.local", Map.of()))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("files or ca");
        assertThatThrownBy(() -> read("elsewhere", Map.of("ca", map(CA))))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("make them agree");
        Map<String, Value> plain = new LinkedHashMap<>(CA);
        plain.put("address", text("http://ca:80"));
        assertThatThrownBy(() -> read("cluster.local", Map.of("ca", map(plain))))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("https://");
    }

    @Test
    void speaksTls13ByDefaultAnd12OnRequest() {
        assertThat(TlsConfig.SCHEMA.read(map(Map.of()))).isEqualTo(TlsConfig.DEFAULTS);
        assertThat(TlsConfig.SCHEMA.read(map(Map.of("minVersion", text("1.2")))).minVersion())
                .isEqualTo(TlsVersion.TLS_1_2);
        assertThatThrownBy(() -> TlsConfig.SCHEMA.read(map(Map.of("minVersion", text("1.1")))))
                .isInstanceOf(InvalidValue.class);
    }

    private static IdentityConfig read(String trustDomain, Map<String, Value> source) {
        Map<String, Value> entries = new LinkedHashMap<>(source);
        entries.put("trustDomain", text(trustDomain));
        entries.put("id", text(TestMesh.WEB.toString()));
        return IdentityConfig.SCHEMA.read(map(entries));
    }

    private static Value text(String text) {
        return new Value.Scalar(Value.Place.NOWHERE, text);
    }

    private static Value map(Map<String, Value> entries) {
        return new Value.Mapping(Value.Place.NOWHERE, entries);
    }
}
