package dev.outrider.injector.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this process may do here and what the network namespace has, as {@code /proc} says. */
record Host(Path proc) {
    /** Numbers of capabilities, from linux/capability.h. */
    private static final int CAP_SETUID = 7;

    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;

    static final Host HERE = new Host(Path.of("/proc"));

    boolean mayChangeNetwork() throws IOException {
        return has(CAP_NET_ADMIN);
    }

    /** The legacy iptables talks to the kernel by a raw socket. */
    boolean mayOpenRawSockets() throws IOException {
        return has(CAP_NET_RAW);
    }

    boolean mayChangeIdentity() throws IOException {
        return has(CAP_SETUID);
    }

    /** Ids of this process as far as files and sockets go: the last of the line's four. */
    Identity identity() throws IOException {
        String[] uids = status("Uid:").split("\\s+", -1);
        String[] gids = status("Gid:").split("\\s+", -1);
        return new Identity(Long.parseLong(uids[3]), Long.parseLong(gids[3]));
    }

    /**
     * Whether any interface of this namespace has an IPv6 address: then there is traffic to
     * capture, also where lo itself has none, and the rules must be written or fail.
     */
    boolean ipv6() throws IOException {
        return !ipv6Addresses().isEmpty();
    }

    /** Whether the source of the inbound side's connections to the app is there. */
    boolean ipv6InboundSource() throws IOException {
        return ipv6Addresses().contains("00000000000000000000000000000006");
    }

    /** Tables of the legacy iptables that are loaded; they are in force beside nftables. */
    List<String> legacyTables() {
        List<String> tables = new ArrayList<>();
        for (String file : List.of("net/ip_tables_names", "net/ip6_tables_names")) {
            try {
                tables.addAll(Files.readAllLines(proc.resolve(file)));
            } catch (IOException e) {
                // Not loaded, or not ours to read: then there is nothing to tell.
            }
        }
        return tables.stream().distinct().toList();
    }

    private List<String> ipv6Addresses() throws IOException {
        Path file = proc.resolve("net/if_inet6");
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream().map(line -> line.split(" ", 2)[0]).toList();
    }

    private boolean has(int capability) throws IOException {
        return (Long.parseUnsignedLong(status("CapEff:"), 16) >>> capability & 1) == 1;
    }

    private String status(String key) throws IOException {
        return Files.readAllLines(proc.resolve("self/status")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IOException(proc + "/self/status has no " + key));
    }
}
