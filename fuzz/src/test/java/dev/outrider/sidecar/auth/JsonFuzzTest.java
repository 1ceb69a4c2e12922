package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.certs.Json;

/** Any bytes: an object, or a refusal. */
class JsonFuzzTest {
    @FuzzTest
    void json(byte[] bytes) {
        try {
            assertThat(Json.object(bytes)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }
}
