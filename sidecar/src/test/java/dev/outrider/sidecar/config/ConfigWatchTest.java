package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final FileTime LONG_AGO = FileTime.from(NOW.minusSeconds(3600));

    @TempDir private Path folder;
    private Path file = Path.of("");
    private final List<String> published = new CopyOnWriteArrayList<>();
    private final ConfigFile reader = new ConfigFile(_ -> null);

    @BeforeEach
    void writeTheFirstFile() throws IOException {
        file = folder.resolve("sidecar.yaml");
        write("name: first");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }

    private ConfigWatch<Sample> watch() {
        if (!(reader.load(file, Sample.SCHEMA) instanceof ConfigDocument.Loaded<Sample> first)) {
            throw new AssertionError("the first file is valid");
        }
        return new ConfigWatch<>(
                reader, ConfigLayers.of(file), Sample.SCHEMA, first, this::publish, () -> NOW);
    }

    private void publish(ConfigDocument.Loaded<Sample> document) {
        if (document.config().name().equals("unwanted")) {
            throw new IllegalArgumentException("nobody wants it; rename it");
        }
        if (document.config().name().equals("breaking")) {
            throw new IllegalStateException("a part did not start");
        }
        published.add(document.config().name());
    }

    @Test
    void publishesAChangedFileOnce() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            watch.poll();
            assertThat(published).isEmpty();
            write("name: second");
            watch.poll();
            watch.poll();
            assertThat(published).containsExactly("second");
            assertThat(watch.status().reloads()).isEqualTo(1);
            assertThat(watch.status().text()).isEqualTo("in force since 2026-01-01T12:00:00Z");
        }
    }

    /** Its time may say so for seconds after it was written, and after each start. */
    @Test
    void aFileThatMayHaveChangedIsNotParsedUntilItHas() throws IOException {
        AtomicInteger parsed = new AtomicInteger();
        Schema<String> schema =
                Schema.record(
                        "Counted",
                        "Counts.",
                        f -> {
                            parsed.incrementAndGet();
                            return f.required("name", Schemas.text(), "the name");
                        });
        Path secret = Files.writeString(folder.resolve("secret"), "first");
        Path missing = folder.resolve("missing");
        write("name: \"${file:secret}\"");
        if (!(reader.load(file, schema) instanceof ConfigDocument.Loaded<String> first)) {
            throw new AssertionError("the first file is valid");
        }
        try (ConfigWatch<String> watch =
                new ConfigWatch<>(
                        reader,
                        ConfigLayers.of(file),
                        schema,
                        first,
                        it -> published.add(it.config()),
                        () -> NOW)) {
            watch.poll();
            assertThat(parsed).hasValue(1);
            Files.writeString(secret, "second");
            watch.poll();
            watch.poll();
            assertThat(published).containsExactly("second");
            assertThat(parsed).hasValue(2);
            write("name: \"${file:missing}\"");
            watch.poll();
            watch.poll();
            assertThat(watch.status().refusals()).isEqualTo(1);
            Files.writeString(missing, "third");
            watch.poll();
            assertThat(published).containsExactly("second", "third");
            assertThat(parsed).hasValue(3);
        }
    }

    @Test
    void refusesABrokenFileAndKeepsWhatWas() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            String before = watch.status().activeHash();
            write("nme: second");
            watch.poll();
            watch.poll();
            assertThat(published).isEmpty();
            assertThat(watch.status().current()).isFalse();
            assertThat(watch.status().refusals()).isEqualTo(1);
            assertThat(watch.status().activeHash()).isEqualTo(before);
            assertThat(watch.status().text()).contains("refused").contains("'name' is missing");
            write("name: third");
            watch.poll();
            assertThat(published).containsExactly("third");
            assertThat(watch.status().current()).isTrue();
        }
    }

    @Test
    void aFileThatIsPutBackIsNotPublishedAgain() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            write("broken");
            watch.poll();
            write("name: first");
            watch.poll();
            assertThat(published).isEmpty();
            assertThat(watch.status().current()).isTrue();
        }
    }

    @Test
    void aFileThatVanishesLeavesWhatWas() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            Files.delete(file);
            watch.poll();
            assertThat(watch.status().text()).contains("does not exist");
            write("name: again");
            watch.poll();
            assertThat(published).containsExactly("again");
        }
    }

    @Test
    void aCallbackThatFailsIsARefusal() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            write("name: breaking");
            watch.poll();
            assertThat(published).isEmpty();
            assertThat(watch.status().current()).isFalse();
            assertThat(watch.status().text()).contains("refused").contains("a part did not start");
        }
    }

    @Test
    void theCallbackMayRefuseToo() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            write("name: unwanted");
            watch.poll();
            watch.poll();
            assertThat(watch.status().text()).endsWith("nobody wants it; rename it");
            assertThat(watch.status().refusals()).isEqualTo(1);
        }
    }

    @Test
    void seesASymbolicLinkSwappedAsKubernetesDoes() throws IOException {
        for (String version : List.of("v1", "v2")) {
            Path data = Files.createDirectory(folder.resolve(version));
            Path content = Files.writeString(data.resolve("c.yaml"), "name: " + version);
            Files.setLastModifiedTime(content, LONG_AGO);
        }
        Path data = folder.resolve("..data");
        Files.createSymbolicLink(data, Path.of("v1"));
        file = folder.resolve("c.yaml");
        Files.createSymbolicLink(file, Path.of("..data/c.yaml"));
        try (ConfigWatch<Sample> watch = watch()) {
            watch.poll();
            Files.delete(data);
            Files.createSymbolicLink(data, Path.of("v2"));
            watch.poll();
            assertThat(published).containsExactly("v2");
        }
    }

    @Test
    void seesAChangeThatLeavesSizeAndTimeAlone() throws IOException {
        FileTime justNow = FileTime.from(NOW.minusSeconds(1));
        Files.setLastModifiedTime(file, justNow);
        try (ConfigWatch<Sample> watch = watch()) {
            watch.poll();
            write("name: other");
            Files.setLastModifiedTime(file, justNow);
            watch.poll();
            assertThat(published).containsExactly("other");
        }
    }

    @Test
    void seesAChangeOfAFileThatIsTakenIn() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "one");
        Files.setLastModifiedTime(token, LONG_AGO);
        write("name: ${file:token}");
        Files.setLastModifiedTime(file, LONG_AGO);
        try (ConfigWatch<Sample> watch = watch()) {
            watch.poll();
            Files.writeString(token, "two");
            watch.poll();
            assertThat(published).containsExactly("two");
        }
    }

    @Test
    void watchesOnItsOwnThreadUntilClosed() throws IOException {
        try (ConfigWatch<Sample> watch = watch()) {
            watch.start();
            write("name: live");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(published).containsExactly("live"));
        }
    }
}
