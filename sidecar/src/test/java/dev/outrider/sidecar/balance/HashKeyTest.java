package dev.outrider.sidecar.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashKeyTest {
    private final RequestHead request = new RequestHead("GET", "/", "a", new Headers(), 0);
    private final Random random = new Random(3);

    private long of(HashConfig.By by, String name) {
        return new HashKey(new HashConfig(by, name)).of(request, "10.1.2.3", random);
    }

    @Test
    void readsHeaderCookieAndSource() {
        request.headers().add("X-User", "anna");
        request.headers().add("Cookie", "ab=1; a=anna; b=2");
        long anna = HashKey.hash("anna", 0);
        assertThat(of(HashConfig.By.HEADER, "X-User")).isEqualTo(anna);
        assertThat(of(HashConfig.By.COOKIE, "a")).isEqualTo(anna);
        assertThat(of(HashConfig.By.SOURCE, "")).isEqualTo(HashKey.hash("10.1.2.3", 0));
    }

    @Test
    void goesAnywhereWithoutTheKey() {
        assertThat(of(HashConfig.By.COOKIE, "a")).isNotEqualTo(of(HashConfig.By.COOKIE, "a"));
    }
}
