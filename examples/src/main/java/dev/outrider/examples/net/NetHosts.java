package dev.outrider.examples.net;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Machines on one network, made of network namespaces: each has a veth pair to a bridge, and the
 * bridge has a namespace of its own, so nothing of this shows in the network of the real machine
 * and its addresses cannot collide with any there. All addresses are on the link, also those that
 * nobody has: a connection to one leaves the machine and is not answered.
 *
 * <p>Names carry the process id, so what a crashed run left is known and removed by the next one.
 */
public final class NetHosts implements AutoCloseable {
    private static final String PREFIX = "outrider-";
    private static final Pattern OURS = Pattern.compile("(outrider-([0-9]+)-\\S+).*");

    /** iproute2 mounts the files in here over those in /etc for programs of a namespace. */
    private static final Path ETC = Path.of("/etc/netns");

    private static final int MOST = 200;

    private final SystemTool ip;
    private final Path setpriv;
    private final String stem;
    private final Map<String, NetHost> hosts = new LinkedHashMap<>();
    private final List<String> namespaces = new ArrayList<>();

    private NetHosts(SystemTool ip, Path setpriv, String stem) {
        this.ip = ip;
        this.setpriv = setpriv;
        this.stem = stem;
    }

    /** Why there can be none here, as a sentence; empty when there can. */
    public static Optional<String> obstacle() throws InterruptedException {
        for (String tool : List.of("ip", "setpriv")) {
            if (SystemTool.find(tool).isEmpty()) {
                return Optional.of(
                        "machines of our own need '" + tool + "'; install iproute2 and util-linux");
            }
        }
        String probe = PREFIX + ProcessHandle.current().pid() + "-may-i";
        try {
            SystemTool ip = SystemTool.require("ip");
            ip.run("netns", "add", probe);
            ip.run("netns", "del", probe);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "machines of our own are network namespaces, and making one needs root (sudo): "
                            + e.getMessage());
        }
    }

    /** Makes them. When that fails, nothing is left of them. */
    public static NetHosts start(List<String> names, RandomGenerator random)
            throws IOException, InterruptedException {
        if (names.isEmpty() || names.size() > MOST) {
            throw new IllegalArgumentException("1 to " + MOST + " machines, not " + names.size());
        }
        for (String name : names) {
            if (!name.matches("[a-z][a-z0-9-]{0,30}")) {
                throw new IllegalArgumentException("'" + name + "' is no machine's name");
            }
        }
        removeLeftovers();
        String stem =
                "%s%d-%04x-"
                        .formatted(PREFIX, ProcessHandle.current().pid(), random.nextInt(1 << 16));
        NetHosts hosts =
                new NetHosts(
                        SystemTool.require("ip"), SystemTool.require("setpriv").program(), stem);
        try {
            hosts.build(names);
            return hosts;
        } catch (IOException | InterruptedException | RuntimeException e) {
            hosts.close();
            throw e;
        }
    }

    public NetHost host(String name) {
        NetHost host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("no machine is named " + name);
        }
        return host;
    }

    public List<NetHost> all() {
        return List.copyOf(hosts.values());
    }

    private void build(List<String> names) throws IOException, InterruptedException {
        String bridge = namespace("switch");
        ip.run("-n", bridge, "link", "add", "br0", "type", "bridge");
        ip.run("-n", bridge, "link", "set", "br0", "up");
        for (int i = 0; i < names.size(); i++) {
            plugIn(names.get(i), i + 1, bridge);
        }
        String known = etcHosts();
        for (NetHost host : hosts.values()) {
            Path etc = ETC.resolve(host.namespace());
            Files.createDirectories(etc);
            Files.writeString(etc.resolve("hosts"), known);
        }
    }

    private void plugIn(String name, int number, String bridge)
            throws IOException, InterruptedException {
        String own = namespace(name);
        String port = "port" + number;
        String ipv4 = "10.77.0." + number;
        String ipv6 = "fd77::" + Integer.toHexString(number);
        ip.run(
                "link", "add", "eth0", "netns", own, "type", "veth", "peer", "name", port, "netns",
                bridge);
        ip.run("-n", bridge, "link", "set", port, "master", "br0", "up");
        ip.run("-n", own, "link", "set", "lo", "up");
        ip.run("-n", own, "link", "set", "eth0", "up");
        ip.run("-n", own, "addr", "add", ipv4 + "/24", "dev", "eth0");
        // Nobody else can have it, so there is no need to wait until that is found out.
        ip.run("-n", own, "addr", "add", ipv6 + "/64", "dev", "eth0", "nodad");
        ip.run("-n", own, "route", "add", "default", "dev", "eth0");
        ip.run("-n", own, "-6", "route", "add", "default", "dev", "eth0");
        hosts.put(
                name,
                new NetHost(
                        name,
                        own,
                        InetAddress.getByName(ipv4),
                        InetAddress.getByName(ipv6),
                        ip.program(),
                        setpriv));
    }

    private String namespace(String name) throws IOException, InterruptedException {
        String namespace = stem + name;
        ip.run("netns", "add", namespace);
        namespaces.add(namespace);
        return namespace;
    }

    private String etcHosts() {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n::1 localhost\n");
        for (NetHost host : hosts.values()) {
            text.append(host.ipv4().getHostAddress()).append(' ').append(host.name()).append('\n');
            text.append(host.ipv6().getHostAddress()).append(' ').append(host.name()).append('\n');
        }
        return text.toString();
    }

    /** Ends whatever runs on them and takes them away. */
    @Override
    public synchronized void close() throws IOException {
        IOException failure = null;
        for (String namespace : namespaces.reversed()) {
            try {
                remove(ip, namespace);
            } catch (InterruptedException e) {
                // What is left is removed by the next run.
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("while taking " + namespace + " away");
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        namespaces.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private static void removeLeftovers() throws IOException, InterruptedException {
        SystemTool ip = SystemTool.require("ip");
        for (String line : ip.run("netns", "list").lines().toList()) {
            Matcher name = OURS.matcher(line);
            if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty()) {
                remove(ip, name.group(1));
            }
        }
    }

    private static void remove(SystemTool ip, String namespace)
            throws IOException, InterruptedException {
        for (String pid : ip.run("netns", "pids", namespace).split("\\s+", -1)) {
            if (!pid.isEmpty()) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        ip.run("netns", "del", namespace);
        Path etc = ETC.resolve(namespace);
        if (Files.isDirectory(etc)) {
            try (Stream<Path> files = Files.list(etc)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(etc);
        }
    }
}
