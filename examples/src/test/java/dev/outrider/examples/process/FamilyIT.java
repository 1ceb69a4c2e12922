package dev.outrider.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FamilyIT {
    private static final List<String> FOREVER = List.of("sleep", "1000");

    @TempDir Path logs;

    @Test
    void closingEndsEveryChildEvenOneThatDoesNotListen() throws Exception {
        List<Child> children;
        try (Family family = new Family(logs)) {
            Child stubborn =
                    family.start(
                            "stubborn",
                            List.of(
                                    "sh",
                                    "-c",
                                    "trap '' TERM; echo deaf; while :; do sleep 0.1; done"),
                            Map.of());
            children = List.of(family.start("mild", FOREVER, Map.of()), stubborn);
            await().until(() -> stubborn.output().contains("deaf"));
        }
        assertThat(children).noneMatch(Child::alive);
    }

    @Test
    void aChildStartedAgainReplacesTheFormerAndAppendsToItsLog() throws Exception {
        try (Family family = new Family(logs)) {
            Child first = family.start("twin", List.of("echo", "one"), Map.of());
            first.process().waitFor();
            Child second = family.start("twin", List.of("echo", "two"), Map.of());
            second.process().waitFor();

            assertThat(family.child("twin")).isSameAs(second);
            assertThat(family.ended()).containsExactly(second);
            assertThat(second.lastWords()).isEqualTo("one\ntwo");
        }
    }

    @Test
    void nothingCanBeStartedAfterTheEnd() throws Exception {
        Family family = new Family(logs);
        family.close();
        assertThatThrownBy(() -> family.start("late", FOREVER, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("late is not started");
    }

    @Test
    void childrenEndWhenTheirParentIsKilled() throws Exception {
        Path log = logs.resolve("parent.out");
        Process parent =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Parent.class.getName(),
                                logs.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(log).contains("ready"));
        List<ProcessHandle> children = parent.descendants().toList();
        assertThat(children).as("two sleepers and the watchdog").hasSize(3);

        parent.destroyForcibly().waitFor();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
    }

    /** Starts children and waits to be killed. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            Family family = new Family(Path.of(args[0]));
            family.start("ended", List.of("true"), Map.of()).process().waitFor();
            family.start("a", FOREVER, Map.of());
            Child last = family.start("b", FOREVER, Map.of());
            System.out.println("ready");
            last.process().waitFor();
        }
    }
}
