package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
    @TempDir Path temp;

    @Test
    void onlyTheOwnerMayReadAndWrite() throws Exception {
        Path file = temp.resolve("key.pem");
        SecretFiles.create(file, "secret");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void neverOverwritesUnasked() throws Exception {
        Path file = temp.resolve("key.pem");
        SecretFiles.create(file, "first");

        assertThatThrownBy(() -> SecretFiles.create(file, "second"))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("is kept");
        assertThat(file).hasContent("first");
        SecretFiles.replace(file, "third");
        assertThat(file).hasContent("third");
    }

    @Test
    void leavesNothingBeside() throws Exception {
        Path file = temp.resolve("key.pem");
        SecretFiles.create(file, "a");
        SecretFiles.replace(file, "b");

        try (Stream<Path> entries = Files.list(temp)) {
            assertThat(entries).containsExactly(file);
        }
    }
}
