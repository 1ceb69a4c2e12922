package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrider.examples.captured.CapturedDemo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The captured demo, run as its user runs it: programs that know nothing of a proxy, on machines
 * with veth pairs, and nothing that is made up. Needs root.
 */
final class CapturedIT {
    @TempDir Path directory;

    @Test
    void whatKnowsNothingOfAProxyIsLedThroughTwoOfThem() throws Exception {
        var obstacle = CapturedDemo.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        // The sidecars' user must get through to its own files.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path screen = directory.resolve("screen.txt");
        Process demo =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.outrider.examples.Main",
                                "demo",
                                "--captured",
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
                .contains(
                        "capture works",
                        "A Java client",
                        "A server that speaks first",
                        "Connections live through changes");
        assertThat(children).as("CA, apps, sidecars, watchdog").hasSizeGreaterThan(7);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(namespacesOf(demo)).isEmpty();
    }

    /** What the demo made carries its process id. */
    private static List<String> namespacesOf(Process demo) throws Exception {
        Process list = new ProcessBuilder("ip", "netns", "list").start();
        return list.inputReader()
                .lines()
                .filter(line -> line.startsWith("outrider-" + demo.pid() + "-"))
                .toList();
    }
}
