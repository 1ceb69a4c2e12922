package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A generated file that is committed. A test generates it anew and compares; with {@code
 * -Doutrider.update=true} on Maven's command line it writes the file instead.
 */
public final class Committed {
    private Committed() {}

    public static void check(Path file, String generated, String test) throws IOException {
        check(file, generated, test, Boolean.getBoolean("outrider.update"));
    }

    static void check(Path file, String generated, String test, boolean update) throws IOException {
        if (update) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, generated);
            return;
        }
        boolean it = test.endsWith("IT");
        assertThat(Files.exists(file) ? Files.readString(file) : "(missing)")
                .as(
                        "%s is generated and out of date; run: mvn -pl sidecar -am %s%s"
                                + " -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dfailsafe.failIfNoSpecifiedTests=false"
                                + " -Doutrider.update=true %s",
                        file,
                        it ? "-Dtest=none -Dit.test=" : "-Dtest=",
                        test,
                        it ? "verify" : "test")
                .isEqualTo(generated);
    }
}
