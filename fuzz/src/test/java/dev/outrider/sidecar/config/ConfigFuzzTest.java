package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any file: a configuration, or what is wrong with it and where; never an exception. */
class ConfigFuzzTest {
    private static final String WHOLE =
            """
            name: orders
            namespace: shop
            identity:
              trustDomain: cluster.local
              id: spiffe://cluster.local/ns/shop/sa/orders
              ca: {address: "https://127.0.0.1:8443", bundle: bundle.pem, token: token.txt}
            inbound:
              listen: 127.0.0.1:15006
              app: 127.0.0.1:8080
              jwt: {audience: [orders]}
              access:
                - allow: {from: ["spiffe://cluster.local/ns/shop/sa/web"], methods: [GET]}
            outbound:
              listen: 127.0.0.1:15001
              services:
                billing:
                  hosts: [billing]
                  endpoints: {static: ["127.0.0.1:16006"]}
                  audience: ${AUDIENCE}
                  timeout: 2s
                  retry: {attempts: 2, perTry: 500ms, backoff: {base: 25ms, max: 250ms}}
                  breaker: {failureRate: 50%, window: 10s}
            """;

    private static final Path FILE = file();

    private static Path file() {
        try {
            Path file = Files.createTempFile("outrider-fuzz", ".yaml");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static List<byte[]> seeds() {
        return List.of(
                WHOLE.getBytes(StandardCharsets.UTF_8),
                "a: &x [*x]".getBytes(StandardCharsets.UTF_8),
                "{name: a, outbound: {listen: \"127.0.0.1:1\"}}".getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void file(byte[] bytes) throws IOException {
        Files.write(FILE, bytes);
        ConfigFile reader = new ConfigFile(name -> name.equals("AUDIENCE") ? "billing" : null);
        switch (reader.load(FILE, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> good ->
                    assertThatNoException()
                            .isThrownBy(() -> String.valueOf(good.config().toString()));
            case ConfigDocument.Invalid<SidecarConfig> bad ->
                    assertThat(bad.errors())
                            .isNotEmpty()
                            .allSatisfy(error -> assertThat(error.toString()).isNotBlank());
        }
    }
}
