package dev.outrider.examples.kubelet;

import dev.outrider.examples.net.NetHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;

/**
 * The command that starts a container on the machine of its pod: namespaces of its own for mounts
 * and processes, a root made of what its image has and of its volumes, its user, and no capability
 * but its own. The mounts go when its processes do. Needs unshare, mount and capsh.
 */
record ContainerStart(ContainerSpec container, NetHost host, ImageFiles image, PodVolumes volumes) {

    /** Writes the container's start as a script into that directory; gives how to call it. */
    List<String> command(Path directory) throws IOException {
        Path root = Files.createDirectories(directory.resolve(container.name() + ".root"));
        Path script = directory.resolve(container.name() + ".sh");
        Files.writeString(script, script(root, directory));
        return host.command(
                List.of(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--ipc",
                        "--fork",
                        "--kill-child",
                        "bash",
                        script.toString()));
    }

    private String script(Path root, Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("set -e");
        lines.add("root=" + quoted(root.toString()));
        lines.add("mount --make-rprivate /");
        lines.add("mount -t tmpfs -o mode=755 root \"$root\"");
        lines.addAll(image.mounts());
        lines.add("mount -t proc proc \"$root/proc\"");
        for (String device : List.of("null", "zero", "random", "urandom")) {
            lines.add(
                    ": > \"$root/dev/%1$s\"; mount --bind /dev/%1$s \"$root/dev/%1$s\""
                            .formatted(device));
        }
        // The kubelet writes this file for each pod; here it stands for the cluster's DNS, too.
        lines.add("cp %s \"$root/etc/hosts\"".formatted(quoted(hosts(directory).toString())));
        lines.add("echo 'hosts: files' > \"$root/etc/nsswitch.conf\"");
        for (Fields mount : container.pod().mounts(container).values()) {
            lines.addAll(volume(mount));
        }
        if (container.readOnlyRoot()) {
            lines.add("mount -o remount,ro \"$root\"");
        }
        lines.add(start());
        return String.join("\n", lines) + "\n";
    }

    private Path hosts(Path directory) {
        return directory.resolve("hosts");
    }

    private List<String> volume(Fields mount) {
        mount.noneBut("a volumeMount", java.util.Set.of("name", "mountPath", "readOnly"));
        String place = "\"$root\"" + quoted(mount.required("mountPath"));
        String source = quoted(volumes.volume(mount.required("name")).toString());
        List<String> lines =
                new ArrayList<>(
                        List.of("mkdir -p " + place, "mount --bind " + source + " " + place));
        if (mount.flag("readOnly")) {
            lines.add("mount -o remount,bind,ro " + place);
        }
        return lines;
    }

    private String start() {
        List<String> words = new ArrayList<>(List.of("exec", "capsh"));
        // What is left in the bounding set is all that even root gets at the next exec.
        words.add(
                "--drop=\"$(capsh --print | sed -n 's/^Bounding set =//p' | tr ',' '\\n' | grep -vxE %s | paste -sd,)\""
                        .formatted(quoted(capabilities())));
        words.add("--chroot=\"$root\"");
        if (container.noNewPrivileges()) {
            words.add("--no-new-privs");
        }
        words.add("--gid=" + container.gid());
        words.add("--groups=" + container.gid());
        words.add("--uid=" + container.uid());
        words.addAll(List.of("--", "-c", quoted("exec \"$@\""), "container", "/usr/bin/env", "-i"));
        environment().forEach((name, value) -> words.add(quoted(name + "=" + value)));
        container.command().forEach(word -> words.add(quoted(word)));
        return String.join(" ", words);
    }

    private String capabilities() {
        String all =
                container.capabilities().stream()
                        .map(it -> "cap_" + it)
                        .collect(Collectors.joining("|"));
        return all.isEmpty() ? "none" : all;
    }

    private Map<String, String> environment() {
        Map<String, String> all = new java.util.LinkedHashMap<>(image.environment());
        all.put("HOSTNAME", container.pod().name());
        for (Entry<String, String> each : Kubelet.API.entrySet()) {
            all.put(each.getKey(), each.getValue());
        }
        all.putAll(container.environment());
        return all;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
