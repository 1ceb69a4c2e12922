package dev.outrider.examples.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * One machine of {@link NetHosts}: a network namespace with {@code lo} and {@code eth0}. Its
 * programs see the files of this machine, but its own network and its own {@code /etc/hosts}, in
 * which all the machines have their names.
 */
public record NetHost(
        String name, String namespace, InetAddress ipv4, InetAddress ipv6, Path ip, Path setpriv) {

    /** The command that runs the given one on this machine as root; it becomes it, same pid. */
    public List<String> command(List<String> command) {
        return prefixed(OptionalLong.empty(), command);
    }

    /** The same as a user (and the group of the same number) without any privilege. */
    public List<String> commandAs(long uid, List<String> command) {
        return prefixed(OptionalLong.of(uid), command);
    }

    /** Runs it on this machine as root and waits for its end. */
    public Finished run(Duration longest, List<String> command)
            throws IOException, InterruptedException {
        return SystemTool.run(command(command), longest);
    }

    /** Runs it as that user and waits for its end. */
    public Finished runAs(long uid, Duration longest, List<String> command)
            throws IOException, InterruptedException {
        return SystemTool.run(commandAs(uid, command), longest);
    }

    private List<String> prefixed(OptionalLong uid, List<String> command) {
        List<String> whole = new ArrayList<>(List.of(ip.toString(), "netns", "exec", namespace));
        if (uid.isPresent()) {
            String id = Long.toString(uid.getAsLong());
            whole.addAll(
                    List.of(
                            setpriv.toString(),
                            "--reuid",
                            id,
                            "--regid",
                            id,
                            "--clear-groups",
                            "--inh-caps=-all",
                            "--"));
        }
        whole.addAll(command);
        return whole;
    }
}
