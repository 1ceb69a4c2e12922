package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodProcessesTest {
    private static final String OWN = "0::/\n";

    @TempDir private Path proc;

    private void process(long pid, long parent, int user, String state, String cgroup)
            throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                folder.resolve("status"),
                """
                Name:\tx
                State:\t%s
                Pid:\t%d
                PPid:\t%d
                Uid:\t%d\t%d\t%d\t%d
                """
                        .formatted(state, pid, parent, user, user, user, user));
        Files.writeString(folder.resolve("cgroup"), cgroup);
    }

    private void pauseAndProxy(int user) throws IOException {
        process(1, 0, 65535, "S (sleeping)", "0::/../sandbox\n");
        process(7, 0, user, "S (sleeping)", OWN);
        Files.createDirectories(proc.resolve("sys"));
        Files.createFile(proc.resolve("uptime"));
    }

    private PodProcesses processes() {
        return new PodProcesses(proc, 7);
    }

    @Test
    void pauseTheProxyItsChildrenAndItsUsersProcessesAreNoApps() throws Exception {
        pauseAndProxy(1337);
        process(20, 7, 0, "S (sleeping)", OWN);
        process(21, 20, 0, "R (running)", OWN);
        process(30, 0, 1337, "S (sleeping)", "0::/../other-sidecar\n");
        assertThat(processes().containers()).isEmpty();
    }

    @Test
    void containersAreToldApartByTheirControlGroups() throws Exception {
        pauseAndProxy(1337);
        process(40, 0, 1000, "S (sleeping)", "0::/../a\n");
        process(41, 40, 1000, "S (sleeping)", "0::/../a\n");
        process(50, 0, 0, "D (disk sleep)", "0::/../b\n");
        assertThat(processes().containers()).containsExactlyInAnyOrder("0::/../a\n", "0::/../b\n");
    }

    @Test
    void andByTheirTreesWhereTheyHaveTheSame() throws Exception {
        pauseAndProxy(0);
        process(40, 1, 0, "S (sleeping)", OWN);
        process(41, 40, 0, "S (sleeping)", OWN);
        process(42, 41, 0, "S (sleeping)", OWN);
        process(50, 0, 0, "S (sleeping)", OWN);
        process(60, 59, 0, "S (sleeping)", OWN);
        assertThat(processes().containers())
                .containsExactlyInAnyOrder("tree of 40", "tree of 50", "tree of 60");
    }

    @Test
    void whatHasEndedIsNotThere() throws Exception {
        pauseAndProxy(1337);
        process(40, 0, 1000, "Z (zombie)", "0::/../a\n");
        process(41, 0, 1000, "X (dead)", "0::/../a\n");
        Files.createDirectory(proc.resolve("42"));
        assertThat(processes().containers()).isEmpty();
    }

    @Test
    void aNamespaceOfItsOwnIsNoPods() {
        assertThat(new PodProcesses(proc, 1).shared()).isFalse();
        assertThat(processes().shared()).isTrue();
    }
}
