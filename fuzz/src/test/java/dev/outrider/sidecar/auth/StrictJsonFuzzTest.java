package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes: an object, or a refusal. */
class StrictJsonFuzzTest {
    @FuzzTest
    void json(byte[] bytes) {
        StrictJson json = new StrictJson();
        try {
            assertThat(json.object(bytes)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }
}
