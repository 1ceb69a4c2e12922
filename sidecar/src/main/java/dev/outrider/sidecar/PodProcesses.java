package dev.outrider.sidecar;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The apps' processes in a pod whose containers share a PID namespace, as proc(5) shows them: all
 * but the first ({@code pause}), this one and what it has started, and those of this one's user,
 * which no app may have since its connections would go past the proxy. Any thread; it reads small
 * files of the kernel.
 *
 * @param proc where it is mounted
 */
record PodProcesses(Path proc, long self) {
    private static final int ROOT = 0;
    private static final int PAUSE = 1;

    /** A process that has not ended. */
    private record Process(long parent, int user, String cgroup) {}

    static PodProcesses ofThisPod() {
        return new PodProcesses(Path.of("/proc"), ProcessHandle.current().pid());
    }

    /** Whether the namespace can be a pod's: in one of its own this process comes first. */
    boolean shared() {
        return self != PAUSE;
    }

    /**
     * By what the containers of the apps' processes can be told apart: the control group, as far as
     * it is not this process's own, else by the tree of processes.
     */
    Set<String> containers() throws IOException {
        Map<Long, Process> all = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[1-9]*")) {
            for (Path each : entries) {
                Process process = read(each);
                if (process != null) {
                    all.put(Long.parseLong(each.getFileName().toString()), process);
                }
            }
        }
        Process own = all.get(self);
        Set<String> containers = new HashSet<>();
        all.forEach((pid, process) -> {
            if (pid != PAUSE && !isOfProxy(pid, all)) {
                boolean apart = own == null || !process.cgroup.equals(own.cgroup);
                containers.add(apart ? process.cgroup : "tree of " + top(pid, all));
            }
        });
        return containers;
    }

    private boolean isOfProxy(long pid, Map<Long, Process> all) {
        Process own = all.get(self);
        Process each = all.get(pid);
        if (own != null && each != null && own.user != ROOT && each.user == own.user) {
            return true;
        }
        long at = pid;
        // As many steps as there are processes: a parent may have been read after its end.
        for (int i = 0; i <= all.size() && each != null; i++) {
            if (at == self) {
                return true;
            }
            at = each.parent;
            each = all.get(at);
        }
        return false;
    }

    private static long top(long pid, Map<Long, Process> all) {
        long at = pid;
        for (int i = 0; i < all.size(); i++) {
            Process process = all.get(at);
            if (process == null || process.parent <= PAUSE || !all.containsKey(process.parent)) {
                return at;
            }
            at = process.parent;
        }
        return at;
    }

    /** Null if it has ended, also when that is only for its parent to see. */
    private static @Nullable Process read(Path process) {
        try {
            String status = Files.readString(process.resolve("status"));
            String state = field(status, "State");
            if (state.startsWith("Z") || state.startsWith("X")) {
                return null;
            }
            String[] users = field(status, "Uid").split("\\s+", -1);
            return new Process(
                    Long.parseLong(field(status, "PPid")),
                    Integer.parseUnsignedInt(users[0]),
                    Files.readString(process.resolve("cgroup")));
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }

    private static String field(String status, String name) {
        int at = status.indexOf("\n" + name + ":");
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 2;
        int to = status.indexOf('\n', from);
        return status.substring(from, to < 0 ? status.length() : to).strip();
    }
}
