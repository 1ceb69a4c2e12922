package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir Path temp;

    @Test
    void writesAJsonLineThatSurvivesHostileText() throws Exception {
        Path file = temp.resolve("audit.jsonl");
        try (AuditLog log = new AuditFile(file)) {
            log.append(AuditLog.line(NOW, "refused").put("path", "/a\"\n{\"event\":\"x\"}"));
        }

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2026-03-01T12:00:00Z\",\"event\":\"refused\","
                                + "\"path\":\"/a\\\"\\n{\\\"event\\\":\\\"x\\\"}\"}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void standardOutputTakesItMarked() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AuditLog log = new AuditStream(new PrintStream(out, true, StandardCharsets.UTF_8))) {
            log.append(AuditLog.line(NOW, "refused").put("path", "/\n"));
        }

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"time\":\"2026-03-01T12:00:00Z\",\"event\":\"refused\","
                                + "\"path\":\"/\\n\",\"log\":\"audit\"}\n");
    }

    @Test
    void aClosedStandardOutputIsAFailureAndNotSilence() {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw new IOException("closed");
                    }
                };
        AuditLog log = new AuditStream(new PrintStream(broken, true, StandardCharsets.UTF_8));

        assertThatThrownBy(() -> log.append(AuditLog.line(NOW, "refused")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void keepsFiveFilesAndNoMore() throws Exception {
        Path file = temp.resolve("audit.jsonl");
        try (AuditLog log = new AuditFile(file, 200)) {
            for (int i = 0; i < 50; i++) {
                log.append(AuditLog.line(NOW, "refused").put("number", i));
            }
        }

        try (Stream<Path> entries = Files.list(temp)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()).sorted())
                    .containsExactly(
                            "audit.jsonl",
                            "audit.jsonl.1",
                            "audit.jsonl.2",
                            "audit.jsonl.3",
                            "audit.jsonl.4");
        }
        assertThat(Files.readString(file)).contains("\"number\":49");
        assertThat(Files.size(file)).isLessThanOrEqualTo(200);
    }
}
