package dev.outrider.sidecar.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileKeyStoreTest {
    @TempDir private Path dir = Path.of("");
    private final FakeTime time = new FakeTime();
    private Path file = Path.of("none");
    private KeyOperations operations = operations();

    @BeforeEach
    void open() {
        file = dir.resolve("keys.json");
        operations = operations();
    }

    private KeyOperations operations() {
        return new KeyOperations(new FileKeyStore(file, time), time, new Random(5), () -> {});
    }

    private static KeyRequest request(String owner) {
        return new KeyRequest(owner, "", List.of("read"), List.of(), "", null);
    }

    @Test
    void keepsTheHashAloneAndForItsOwnerAlone() throws Exception {
        IssuedKey issued = operations.create(request("acme"));
        String text = Files.readString(file);
        assertThat(text)
                .contains(issued.key().id(), issued.key().hash())
                .doesNotContain(issued.secret().substring(17));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(issued.toString()).doesNotContain(issued.secret());
        assertThat(operations.show(issued.key().id())).isEqualTo(issued.key());
    }

    @Test
    void changesOfManyAtOnceAreAllThere() throws Exception {
        List<Future<IssuedKey>> made = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // One store, as all threads of a process have; processes are parted by the lock file.
            KeyOperations shared =
                    new KeyOperations(
                            new FileKeyStore(file, time), time, new SecureRandom(), () -> {});
            for (int i = 0; i < 20; i++) {
                String owner = "o" + i;
                made.add(threads.submit(() -> shared.create(request(owner))));
            }
        }
        for (Future<IssuedKey> each : made) {
            assertThat(operations.show(each.get().key().id())).isEqualTo(each.get().key());
        }
        assertThat(operations.list()).hasSize(20);
    }

    @Test
    void rotationLinksTheKeysAndEndsTheOldOne() throws Exception {
        IssuedKey old =
                operations.create(
                        new KeyRequest(
                                "acme",
                                "gold",
                                List.of("r"),
                                List.of("x"),
                                "t",
                                Duration.ofDays(30)));
        time.advance(Duration.ofDays(10));
        IssuedKey next = operations.rotate(old.key().id(), Duration.ofDays(2), null);
        assertThat(next.key().rotatedFrom()).isEqualTo(old.key().id());
        assertThat(next.key().owner()).isEqualTo("acme");
        assertThat(next.key().tier()).isEqualTo("gold");
        assertThat(next.key().expires()).isEqualTo(FakeTime.START.plus(Duration.ofDays(40)));
        assertThat(operations.show(old.key().id()).expires())
                .isEqualTo(FakeTime.START.plus(Duration.ofDays(12)));
        assertThat(next.secret()).isNotEqualTo(old.secret());
    }

    @Test
    void theOverlapDoesNotMakeAKeyHoldLongerThanItWould() throws Exception {
        IssuedKey old =
                operations.create(
                        new KeyRequest("a", "", List.of(), List.of(), "", Duration.ofHours(1)));
        operations.rotate(old.key().id(), Duration.ofDays(2), null);
        assertThat(operations.show(old.key().id()).expires())
                .isEqualTo(FakeTime.START.plus(Duration.ofHours(1)));
    }

    @Test
    void anEndIsAWholeSecond() throws Exception {
        IssuedKey key = operations.create(request("a"));
        Duration odd = Duration.ofHours(1).plusNanos(999_999_999);
        assertThat(operations.expire(key.key().id(), FakeTime.START.plus(odd)).expires())
                .isEqualTo(FakeTime.START.plus(Duration.ofHours(1)));
        assertThat(operations.expire(key.key().id(), null).expires()).isNull();
    }

    @Test
    void whatHasEndedStaysSo() throws Exception {
        IssuedKey key = operations.create(request("a"));
        operations.revoke(key.key().id());
        time.advance(Duration.ofHours(1));
        assertThat(operations.revoke(key.key().id()).revoked()).isEqualTo(FakeTime.START);
        assertThatThrownBy(() -> operations.expire(key.key().id(), null))
                .hasMessageContaining("stays so");
        assertThatThrownBy(() -> operations.rotate(key.key().id(), Duration.ZERO, null))
                .hasMessageContaining("create a new one");
        assertThatThrownBy(() -> operations.revoke("nobody"))
                .isInstanceOf(KeyOperations.NoSuchKey.class);
    }

    @Test
    void forgetsWhatEndedLongAgo() throws Exception {
        IssuedKey gone = operations.create(request("a"));
        IssuedKey kept = operations.create(request("b"));
        operations.revoke(gone.key().id());
        time.advance(Duration.ofDays(91));
        operations.create(request("c"));
        assertThat(operations.list()).extracting(ApiKey::id).contains(kept.key().id());
        assertThat(operations.list()).extracting(ApiKey::id).doesNotContain(gone.key().id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"version\":2,\"keys\":[]}",
                "{\"version\":1,\"keys\":{}}",
                "{\"version\":1,\"keys\":[7]}",
                "{\"version\":1,\"keys\":[{\"id\":\"x\"}]}",
                "{\"version\":1,\"keys\":[{\"id\":\"0a1B2c3D4e5F\",\"hash\":\"no\",\"owner\":\"a\","
                        + "\"created\":\"2026-03-01T12:00:00Z\"}]}",
                "{\"version\":1,\"keys\":[],\"keys\":[]}"
            })
    void refusesAFileThatIsNoneAndNeverWritesOverIt(String text) throws Exception {
        Files.writeString(file, text);
        assertThatIOException().isThrownBy(operations::list).withMessageContaining("keys.json");
        assertThatIOException().isThrownBy(() -> operations.create(request("a")));
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\u0000"})
    void refusesOwnersThatAreNone(String owner) {
        assertThatThrownBy(() -> operations.create(request(owner)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
