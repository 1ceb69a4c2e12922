package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.schema.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigDumpTest {
    private static String dump(String yaml) throws Refused {
        ConfigLayer layer = new ConfigLayer.File(Path.of("f.yaml"), false);
        byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
        Value tree = new ConfigText(List.of(new LayerText(layer, bytes))).tree();
        return String.valueOf(ConfigDump.json(tree));
    }

    @Test
    void showsTheFileBeforeSubstitution() throws Refused {
        assertThat(dump("{a: 5, b: 'true', c: [x, 1s], d: \"${SECRET}\", e: 007}"))
                .isEqualTo("{a=5, b=true, c=[x, 1s], d=${SECRET}, e=007}");
    }

    @Test
    void hidesWhatItsKeyCallsASecret() throws Refused {
        assertThat(dump("{apiKeys: {alice: [k1, k2]}, Password: p, jwt: {clientSecret: s, n: 1}}"))
                .isEqualTo(
                        "{apiKeys={alice=[(redacted), (redacted)]}, Password=(redacted),"
                                + " jwt={clientSecret=(redacted), n=1}}");
    }

    @Test
    void showsAReferenceToASecretButNoFallback() throws Refused {
        assertThat(dump("{token: \"${TOKEN}\", password: \"${P:-pass}\", key: \"x${TOKEN}\"}"))
                .isEqualTo("{token=${TOKEN}, password=(redacted), key=(redacted)}");
    }

    @Test
    void hidesSecretsByTheirLook() throws Refused {
        assertThat(
                        dump(
                                "{redis: 'redis://me:pw@host:1/0', pem: '-----BEGIN EC PRIVATE"
                                        + " KEY-----abc'}"))
                .isEqualTo("{redis=redis://(redacted)@host:1/0, pem=(redacted)}");
    }
}
