package dev.outrider.examples.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Machines made of network namespaces. Needs root, but for the names. */
final class NetHostsIT {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Test
    void machinesKnowEachOtherByNameOverBothFamiliesAndLeaveNothingBehind() throws Exception {
        assumeRoot();
        String left;
        try (NetHosts hosts = NetHosts.start(List.of("one", "two"), new Random())) {
            NetHost one = hosts.host("one");
            left = one.namespace();
            assertThat(shell(one, "getent ahostsv4 two").output()).contains("10.77.0.2");
            assertThat(shell(one, "getent ahostsv6 two").output()).contains("fd77::2");
            // Nobody listens, which only somebody who is there can say.
            assertThat(shell(one, "exec 3<>/dev/tcp/10.77.0.2/9").output()).contains("refused");
            assertThat(shell(one, "exec 3<>/dev/tcp/fd77::2/9").output()).contains("refused");
            assertThat(one.runAs(4711, LONGEST, List.of("id", "-u")).output()).isEqualTo("4711\n");
            // Whatever runs there is ended with the machine.
            new ProcessBuilder(one.command(List.of("sleep", "600"))).start();
        }
        assertThat(SystemTool.require("ip").run("netns", "list")).doesNotContain(left);
        assertThat(Path.of("/etc/netns", left)).doesNotExist();
    }

    @Test
    void whatACrashedRunLeftIsTakenAwayByTheNext() throws Exception {
        assumeRoot();
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        String left = "outrider-" + gone.pid() + "-0000-one";
        SystemTool.require("ip").run("netns", "add", left);
        Path etc = Files.createDirectories(Path.of("/etc/netns", left));
        Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost\n");

        NetHosts.start(List.of("one"), new Random()).close();

        assertThat(SystemTool.require("ip").run("netns", "list")).doesNotContain(left);
        assertThat(etc).doesNotExist();
    }

    @Test
    void namesThatAreNoneAreRefused() {
        for (List<String> names : List.of(List.<String>of(), List.of("One"), List.of("a b"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NetHosts.start(names, new Random()));
        }
    }

    private static void assumeRoot() throws InterruptedException {
        var obstacle = NetHosts.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    }

    private static Finished shell(NetHost host, String script)
            throws IOException, InterruptedException {
        return host.run(LONGEST, List.of("timeout", "10", "bash", "-c", script));
    }
}
