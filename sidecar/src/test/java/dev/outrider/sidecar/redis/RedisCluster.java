package dev.outrider.sidecar.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Redis cluster, made as its operators make one: masters that share the slots evenly, each
 * with so many replicas. A master that is killed is replaced within a few seconds if it has one.
 */
public final class RedisCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<RedisServer> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Starts it and waits until every node serves. */
    public static RedisCluster start(int masters, int replicasEach, String... arguments)
            throws IOException {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int i = 0; i < masters * (1 + replicasEach); i++) {
                List<String> all = new ArrayList<>(List.of(arguments));
                // Of the gossip; by default 10000 above the port, which may be no port at all.
                all.addAll(List.of("--cluster-port", "{tls-port}"));
                all.addAll(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
                all.addAll(List.of("--repl-diskless-sync-delay", "0"));
                cluster.nodes.add(RedisServer.start(all.toArray(String[]::new)));
            }
            cluster.join(replicasEach);
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void join(int replicasEach) {
        List<String> words = new ArrayList<>(List.of("--cluster", "create"));
        nodes.forEach(each -> words.add(each.address()));
        words.addAll(List.of("--cluster-replicas", Integer.toString(replicasEach)));
        words.add("--cluster-yes");
        String said = nodes.getFirst().cli(words.toArray(String[]::new));
        if (!said.contains("All 16384 slots covered")) {
            throw new IllegalStateException("no cluster came about:\n" + said);
        }
        await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(RedisCluster::serves));
    }

    /** A replica that has nothing of its master's yet would not take its place. */
    private static boolean serves(RedisServer node) {
        String replication = node.cli("info", "replication");
        return node.cli("cluster", "info").contains("cluster_state:ok")
                && (replication.contains("role:master")
                        || replication.contains("master_link_status:up"));
    }

    /** First the masters, then the replicas; that is so at the start. */
    public List<RedisServer> nodes() {
        return List.copyOf(nodes);
    }

    /** The node that serves this key now, asked of the given one. */
    public RedisServer masterOf(String key, RedisServer asked) {
        int slot = Integer.parseInt(asked.cli("cluster", "keyslot", key));
        for (String line : asked.cli("cluster", "nodes").lines().toList()) {
            String[] words = line.split(" ");
            if (!words[2].contains("master") || words[2].contains("fail")) {
                continue;
            }
            for (int i = 8; i < words.length; i++) {
                String[] range = words[i].split("-");
                if (!words[i].startsWith("[")
                        && Integer.parseInt(range[0]) <= slot
                        && slot <= Integer.parseInt(range[range.length - 1])) {
                    int port = Integer.parseInt(words[1].split("[:@]")[1]);
                    return nodes.stream().filter(n -> n.port() == port).findFirst().orElseThrow();
                }
            }
        }
        throw new IllegalStateException("nobody serves slot " + slot);
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }
}
