package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, run as its user runs it. */
final class DemoIT {
    @TempDir Path directory;

    @Test
    void everyStepIsAsExpectedAndNoProcessIsLeft() throws Exception {
        Path screen = directory.resolve("screen.txt");
        Process demo =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.outrider.examples.Main",
                                "demo",
                                "--once",
                                "--dir",
                                directory.resolve("work").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(screen.toFile())
                        .start();
        Set<ProcessHandle> children = ConcurrentHashMap.newKeySet();
        try {
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> {
                        demo.descendants().forEach(children::add);
                        return !demo.isAlive();
                    });
        } finally {
            demo.destroyForcibly();
        }

        String story = Files.readString(screen);
        assertThat(demo.exitValue()).as(story).isZero();
        assertThat(story)
                .doesNotContain("✗")
                .contains("What each hop saw", "half-open", "/zipkin/traces/");
        assertThat(children).as("CA, Zipkin, services, sidecars, watchdog").hasSizeGreaterThan(10);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
}
