package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.LogLines;
import dev.outrider.sidecar.exchange.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DenyListTest {
    private static final Duration POLL = Duration.ofMillis(5);
    @TempDir private Path dir;

    private static Caller caller(String id) {
        return new Caller("s", "i", id, Map.of());
    }

    private DenyList open(Path file) throws IOException {
        return DenyList.open(file, POLL, InstantSource.system());
    }

    @Test
    void readsOneIdALineWithoutCommentsAndSpace() {
        assertThat(DenyList.parse("# stolen\n a1 \r\n\n\tb2\n#c3\n")).containsOnly("a1", "b2");
    }

    @Test
    void readsAgainWhenTheFileIsRewritten() throws IOException {
        Path file = Files.writeString(dir.resolve("denied"), "a\n");
        try (DenyList list = open(file)) {
            assertThat(list.denies(caller("a"))).isTrue();
            assertThat(list.denies(caller("b"))).isFalse();
            assertThat(list.denies(caller(""))).isFalse();
            Files.writeString(file, "b\n");
            await().until(() -> list.denies(caller("b")) && !list.denies(caller("a")));
        }
    }

    @Test
    void followsASymbolicLinkThatIsSwapped() throws IOException {
        Path one = Files.createDirectory(dir.resolve("..1"));
        Path two = Files.createDirectory(dir.resolve("..2"));
        Files.writeString(one.resolve("denied"), "a\n");
        Files.writeString(two.resolve("denied"), "b\n");
        Path data = Files.createSymbolicLink(dir.resolve("..data"), one);
        Path file = Files.createSymbolicLink(dir.resolve("denied"), Path.of("..data", "denied"));
        try (DenyList list = open(file)) {
            assertThat(list.denies(caller("a"))).isTrue();
            Path next = Files.createSymbolicLink(dir.resolve("..data_tmp"), two);
            Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
            await().until(() -> list.denies(caller("b")) && !list.denies(caller("a")));
        }
    }

    @Test
    void keepsTheLastListWhileTheFileIsGoneAndSaysSo() throws IOException {
        Path file = Files.writeString(dir.resolve("denied"), "a\n");
        try (DenyList list = open(file)) {
            Files.delete(file);
            await().until(() -> list.status().lastError() != null);
            assertThat(list.denies(caller("a"))).isTrue();
            Files.writeString(file, "b\n");
            await().until(() -> list.denies(caller("b")));
            await().until(() -> list.status().lastError() == null);
        }
    }

    @Test
    void doesNotTakeAMissingFileForAnEmptyList() {
        assertThatIOException().isThrownBy(() -> open(dir.resolve("nowhere")));
    }

    /** What a source does until something else is asked of it. */
    private static final class Scripted implements DeniedSource {
        private volatile Object next = new NotConnectedYet(new IOException("connecting"));

        @Override
        public Set<String> readIfChanged() throws IOException {
            if (next instanceof IOException e) {
                throw e;
            }
            return Set.of(next.toString());
        }
    }

    @Test
    void aFirstConnectionIsNoNewsHoweverLongItTakesButAFailureIs() {
        Scripted source = new Scripted();
        try (LogLines lines = new LogLines(DenyList.class.getName());
                DenyList list = DenyList.watch(source, POLL)) {
            await().until(() -> list.status().failures() > 3);
            assertThat(lines.all()).isEmpty();
            source.next = new IOException("refused");
            await().until(() -> !lines.all().isEmpty());
            long failures = list.status().failures();
            await().until(() -> list.status().failures() > failures + 3);
            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .contains("so no token is accepted", "refused");

            source.next = "a";
            await().until(() -> list.status().lastError() == null && list.known());
            source.next = new NotConnectedYet(new IOException("lost"));
            await().until(() -> lines.all().getLast().contains("the last one stands"));
        }
    }
}
