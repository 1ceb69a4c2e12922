package dev.outrider.sidecar.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.outrider.sidecar.LogLines;
import dev.outrider.sidecar.auth.NotConnectedYet;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.http.FieldValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiKeysTest {
    @TempDir private Path dir = Path.of("");
    private final FakeTime time = new FakeTime();
    private FileKeyStore store = new FileKeyStore(Path.of("none"), time);
    private ApiKeys keys = new ApiKeys(store, Duration.ofHours(1), time, time);
    private KeyOperations operations = operations();

    @BeforeEach
    void openStore() {
        store = new FileKeyStore(dir.resolve("keys.json"), time);
        keys = new ApiKeys(store, Duration.ofHours(1), time, time);
        operations = operations();
    }

    private KeyOperations operations() {
        return new KeyOperations(store, time, new Random(3), keys::refresh);
    }

    @AfterEach
    void close() {
        keys.close();
    }

    private IssuedKey issued() throws Exception {
        return operations.create(
                new KeyRequest("acme", "gold", List.of("read", "write"), List.of("a"), "t9", null));
    }

    private void start() {
        keys.start();
        await().until(() -> keys.status().known());
    }

    private KeyOutcome judge(String text) {
        return keys.judge(FieldValue.of(text));
    }

    private KeyRefusal refusal(String text) {
        KeyOutcome outcome = judge(text);
        assertThat(outcome).isInstanceOf(KeyOutcome.Refused.class);
        return ((KeyOutcome.Refused) outcome).why();
    }

    private void awaitRefusal(String text, KeyRefusal why) {
        await().untilAsserted(() -> {
            assertThat(judge(text)).isInstanceOf(KeyOutcome.Refused.class);
            assertThat(refusal(text)).isEqualTo(why);
        });
    }

    @Test
    void aKeySaysWhoCallsAndWhatHeMay() throws Exception {
        IssuedKey issued = issued();
        start();
        assertThat(judge(issued.secret()))
                .isInstanceOfSatisfying(
                        KeyOutcome.Accepted.class,
                        accepted -> {
                            Caller caller = accepted.caller();
                            assertThat(caller.subject()).isEqualTo("acme");
                            assertThat(caller.issuer()).isEqualTo("api-key");
                            assertThat(caller.tokenId()).isEqualTo(issued.key().id());
                            assertThat(caller.claims())
                                    .containsEntry("tier", "gold")
                                    .containsEntry("tenant", "t9")
                                    .containsEntry("scope", "read write")
                                    .containsEntry("roles", List.of("a"));
                        });
    }

    static Stream<String> attacks(String key, String other) {
        return Stream.of(
                "",
                "ork_",
                key.substring(0, key.length() - 1),
                key + "x",
                key + " ",
                " " + key,
                key.toUpperCase(Locale.ROOT),
                key.toLowerCase(Locale.ROOT),
                "Ork" + key.substring(3),
                key.substring(0, 17) + other.substring(17),
                key.replace("_", "-"),
                key.substring(0, 40) + "\u00e9" + key.substring(41),
                "ork_' OR '1'='1_" + key.substring(17),
                "ork_../../../../_" + key.substring(17),
                "0".repeat(KeyText.LENGTH),
                "ork_" + "0".repeat(100_000));
    }

    @Test
    void refusesWhatIsNoKey() throws Exception {
        IssuedKey one = issued();
        IssuedKey two = issued();
        start();
        attacks(one.secret(), two.secret())
                .forEach(text ->
                        assertThat(refusal(text))
                                .as(text.substring(0, Math.min(60, text.length())))
                                .isEqualTo(KeyRefusal.MALFORMED));
        assertThat(keys.counts().refused()).containsEntry(KeyRefusal.MALFORMED, 16L);
    }

    @Test
    void refusesAKeyThatNobodyHasAndAKnownIdWithAnotherSecret() throws Exception {
        IssuedKey issued = issued();
        start();
        KeyText stranger = KeyText.make(new Random(99));
        assertThat(refusal(stranger.text())).isEqualTo(KeyRefusal.UNKNOWN);
        // A secret of that very id, right in its checksum: what someone who knows the form makes.
        String guessed = withId(stranger.text(), issued.key().id());
        assertThat(refusal(guessed)).isEqualTo(KeyRefusal.SECRET);
    }

    private static String withId(String text, String id) {
        String body = "ork_" + id + text.substring(16, 49);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(body.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        StringBuilder whole = new StringBuilder(body);
        for (long rest = crc.getValue(), i = 0; i < 6; i++, rest /= 62) {
            whole.append(digits.charAt((int) (rest % 62)));
        }
        return whole.toString();
    }

    @Test
    void aRevocationActsWithoutARestart() throws Exception {
        IssuedKey issued = issued();
        start();
        assertThat(judge(issued.secret())).isInstanceOf(KeyOutcome.Accepted.class);
        operations.revoke(issued.key().id());
        awaitRefusal(issued.secret(), KeyRefusal.REVOKED);
    }

    @Test
    void aKeyEndsByItself() throws Exception {
        IssuedKey issued =
                operations.create(
                        new KeyRequest("a", "", List.of(), List.of(), "", Duration.ofMinutes(5)));
        start();
        assertThat(judge(issued.secret())).isInstanceOf(KeyOutcome.Accepted.class);
        time.advance(Duration.ofMinutes(5));
        assertThat(refusal(issued.secret())).isEqualTo(KeyRefusal.EXPIRED);
    }

    @Test
    void bothKeysHoldWhileOneTakesTheOthersPlace() throws Exception {
        IssuedKey old = issued();
        start();
        IssuedKey next = operations.rotate(old.key().id(), Duration.ofMinutes(10), null);
        await().until(() -> judge(next.secret()) instanceof KeyOutcome.Accepted);
        assertThat(judge(old.secret())).isInstanceOf(KeyOutcome.Accepted.class);
        time.advance(Duration.ofMinutes(10));
        assertThat(refusal(old.secret())).isEqualTo(KeyRefusal.EXPIRED);
        assertThat(judge(next.secret())).isInstanceOf(KeyOutcome.Accepted.class);
    }

    @Test
    void theLastKeysStandForAWhileWhenTheFileBreaks() throws Exception {
        IssuedKey issued = issued();
        start();
        Files.writeString(dir.resolve("keys.json"), "{ half a fi");
        keys.refresh();
        await().until(() -> keys.status().lastError() != null);
        time.advance(Duration.ofMinutes(59));
        assertThat(judge(issued.secret())).isInstanceOf(KeyOutcome.Accepted.class);
        time.advance(Duration.ofMinutes(2));
        assertThat(judge(issued.secret())).isInstanceOf(KeyOutcome.NotReady.class);
        assertThat(keys.status().known()).isFalse();
        Files.delete(dir.resolve("keys.json"));
        IssuedKey next = issued();
        await().until(() -> judge(next.secret()) instanceof KeyOutcome.Accepted);
    }

    @Test
    void withoutAFileNoKeyIsKnownUntilThereIsOne() throws Exception {
        keys.start();
        await().until(() -> keys.status().failures() > 0);
        assertThat(judge("ork_")).isInstanceOf(KeyOutcome.NotReady.class);
        IssuedKey issued = issued();
        await().until(() -> judge(issued.secret()) instanceof KeyOutcome.Accepted);
    }

    @Test
    void aLookUpCostsNextToNoGarbage() throws Exception {
        FieldValue key = FieldValue.of(issued().secret());
        start();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        judgeOften(key, 20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        judgeOften(key, 10_000);
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;
        assertThat(each).isLessThan(160);
    }

    private void judgeOften(FieldValue key, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            if (!(keys.judge(key) instanceof KeyOutcome.Accepted)) {
                throw new IOException("not accepted");
            }
        }
    }

    /** A store that cannot be read. */
    private static final class Away implements KeyStore {
        private volatile IOException why = new NotConnectedYet(new IOException("connecting"));

        @Override
        public Map<String, ApiKey> readIfChanged() throws IOException {
            throw why;
        }

        @Override
        public Map<String, ApiKey> read() throws IOException {
            throw why;
        }

        @Override
        public void change(UnaryOperator<Map<String, ApiKey>> change) throws IOException {
            throw why;
        }
    }

    @Test
    void aFirstConnectionIsNoNewsHoweverLongItTakesButAFailureIs() {
        Away away = new Away();
        try (LogLines lines = new LogLines(ApiKeys.class.getName());
                ApiKeys fresh = new ApiKeys(away, Duration.ofHours(1), time, time)) {
            fresh.start();
            await().until(() -> fresh.status().failures() > 3);
            assertThat(lines.all()).isEmpty();
            away.why = new IOException("refused");
            await().until(() -> !lines.all().isEmpty());
            assertThat(lines.all()).singleElement().asString().contains("none are known: refused");
        }
    }
}
