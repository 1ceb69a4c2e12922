package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is and how patient we are with it.
 *
 * @param addresses of the one Redis, of the sentinels, or of some nodes of the cluster
 * @param master what the sentinels call it; null unless they are asked
 * @param sentinelUser how to log in to the sentinels, which have passwords of their own
 * @param tls null for plain text
 * @param budget how long a call may take at most
 * @param prefix before every key, so that others may use the same Redis
 * @param pending calls under way at most, for each event loop
 */
public record RedisConfig(
        Topology topology,
        List<RedisAddress> addresses,
        @Nullable String master,
        RedisUser user,
        RedisUser sentinelUser,
        @Nullable RedisTlsConfig tls,
        int database,
        String prefix,
        Duration budget,
        Duration connectTimeout,
        int pending,
        RedisBreakerConfig breaker) {
    private static final Duration BUDGET = Duration.ofMillis(5);
    private static final Duration MOST_BUDGET = Duration.ofSeconds(10);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MOST_CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final String PREFIX = "outrider:";
    private static final int PENDING = 4096;

    /** How Redis is set up. */
    public enum Topology {
        SINGLE,
        SENTINEL,
        CLUSTER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public RedisConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("give at least one address, such as redis:6379");
        }
        if (topology == Topology.SINGLE && addresses.size() > 1) {
            throw new IllegalArgumentException(
                    "a single Redis has one address; set topology to sentinel or cluster");
        }
        if ((topology == Topology.SENTINEL) != (master != null)) {
            throw new IllegalArgumentException(
                    "give the name of the master if, and only if, topology is sentinel");
        }
        if (topology != Topology.SENTINEL && !sentinelUser.equals(RedisUser.NOBODY)) {
            throw new IllegalArgumentException(
                    "sentinelUser and sentinelPassword need topology sentinel");
        }
        if (topology == Topology.CLUSTER && database != 0) {
            throw new IllegalArgumentException("a cluster has database 0 only");
        }
        if (prefix.contains("{") || prefix.contains("}")) {
            throw new IllegalArgumentException(
                    "prefix must not hold braces, which choose a key's place in a cluster");
        }
        between("budget", budget, Duration.ofMillis(1), MOST_BUDGET);
        between("connectTimeout", connectTimeout, Duration.ofMillis(10), MOST_CONNECT_TIMEOUT);
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name
                            + " must be between "
                            + least.toMillis()
                            + "ms and "
                            + most.toSeconds()
                            + "s");
        }
    }

    /** What holds for one Redis at that address when nothing else is said. */
    public static RedisConfig single(RedisAddress address) {
        return new RedisConfig(
                Topology.SINGLE,
                List.of(address),
                null,
                RedisUser.NOBODY,
                RedisUser.NOBODY,
                null,
                0,
                PREFIX,
                BUDGET,
                CONNECT_TIMEOUT,
                PENDING,
                RedisBreakerConfig.DEFAULTS);
    }

    public static final Schema<RedisConfig> SCHEMA =
            Schema.record(
                    "RedisConfig",
                    "Where Redis is, and how long a call may take.",
                    f ->
                            new RedisConfig(
                                    f.optional(
                                            "topology",
                                            Schemas.oneOf(Topology.class),
                                            Topology.SINGLE,
                                            "how Redis is set up"),
                                    f.required(
                                            "addresses",
                                            Schemas.list(RedisAddress.SCHEMA),
                                            "of the one Redis, of the sentinels, or of some nodes"
                                                    + " of the cluster"),
                                    f.nullable(
                                            "master", Schemas.text(), "what the sentinels call it"),
                                    user(f, "user", "password", "passwordFile", "Redis"),
                                    user(
                                            f,
                                            "sentinelUser",
                                            "sentinelPassword",
                                            "sentinelPasswordFile",
                                            "the sentinels"),
                                    f.nullable(
                                            "tls",
                                            RedisTlsConfig.SCHEMA,
                                            "TLS to Redis and its sentinels; plain text without"),
                                    f.optional(
                                            "database",
                                            Schemas.integer(0, 1_000_000),
                                            0,
                                            "its number"),
                                    f.optional(
                                            "prefix",
                                            Schemas.text(),
                                            PREFIX,
                                            "before every key, so that others may use the same"
                                                    + " Redis"),
                                    f.optional(
                                            "budget",
                                            Schemas.duration(),
                                            BUDGET,
                                            "how long a request waits for Redis at most"),
                                    f.optional(
                                            "connectTimeout",
                                            Schemas.duration(),
                                            CONNECT_TIMEOUT,
                                            "for a connection, and again for its first answer"),
                                    f.optional(
                                            "pending",
                                            Schemas.integer(1, 1_000_000),
                                            PENDING,
                                            "calls under way at most, for each event loop; further"
                                                    + " ones fail at once"),
                                    f.optional(
                                            "breaker",
                                            RedisBreakerConfig.SCHEMA,
                                            RedisBreakerConfig.DEFAULTS,
                                            "when Redis is left alone for a while")));

    private static RedisUser user(Fields f, String name, String password, String file, String of) {
        return new RedisUser(
                f.optional(
                        name, Schemas.text(), "", "user of " + of + "; empty for the default one"),
                f.nullable(
                        password,
                        Secret.SCHEMA,
                        "of that user; better ${ENVIRONMENT_VARIABLE} than the password itself"),
                f.nullable(
                        file,
                        RedisTlsConfig.path(),
                        "file with the password, looked at again every few seconds"));
    }
}
