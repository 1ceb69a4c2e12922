package dev.outrider.sidecar.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A master, its replica, and three sentinels that make the replica master about two seconds after
 * the master has gone.
 */
public final class RedisSentinel implements AutoCloseable {
    public static final String MASTER = "mymaster";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SENTINELS = 3;

    private final RedisServer master;
    private final RedisServer replica;
    private final List<RedisServer> sentinels = new ArrayList<>();

    private RedisSentinel(RedisServer master, RedisServer replica) {
        this.master = master;
        this.replica = replica;
    }

    /** Starts all, and waits until the replica follows and the sentinels know everybody. */
    public static RedisSentinel start() throws IOException {
        RedisServer master = RedisServer.start("--repl-diskless-sync-delay", "0");
        RedisServer replica;
        try {
            replica =
                    RedisServer.start(
                            "--replicaof",
                            "127.0.0.1 " + master.port(),
                            "--repl-diskless-sync-delay",
                            "0");
        } catch (IOException e) {
            master.close();
            throw e;
        }
        RedisSentinel all = new RedisSentinel(master, replica);
        try {
            all.watch();
            return all;
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void watch() throws IOException {
        await().atMost(PATIENCE)
                .until(() -> replica.cli("info", "replication").contains("link_status:up"));
        for (int i = 0; i < SENTINELS; i++) {
            sentinels.add(
                    RedisServer.sentinel(
                            """
                            port {port}
                            bind 127.0.0.1
                            dir {dir}
                            sentinel monitor %s 127.0.0.1 %d 2
                            sentinel down-after-milliseconds %1$s 2000
                            sentinel failover-timeout %1$s 10000
                            """
                                    .formatted(MASTER, master.port())));
        }
        await().atMost(PATIENCE)
                .until(() -> sentinels.stream().allMatch(RedisSentinel::knowsEverybody));
    }

    private static boolean knowsEverybody(RedisServer sentinel) {
        String known = sentinel.cli("sentinel", "master", MASTER);
        return known.contains("num-slaves\n1\n")
                && known.contains("num-other-sentinels\n" + (SENTINELS - 1) + "\n");
    }

    /** The one that was made master at the start. */
    public RedisServer master() {
        return master;
    }

    /** The one that was made its replica at the start. */
    public RedisServer replica() {
        return replica;
    }

    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /** Waits until the sentinels agree that this one is the master, and it is. */
    public void awaitMaster(RedisServer one) {
        String port = Integer.toString(one.port());
        await().atMost(PATIENCE)
                .until(() ->
                        one.cli("role").startsWith("master")
                                && sentinels.stream()
                                        .allMatch(each ->
                                                each.cli(
                                                                "sentinel",
                                                                "get-master-addr-by-name",
                                                                MASTER)
                                                        .endsWith(port)));
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        replica.close();
        master.close();
    }
}
