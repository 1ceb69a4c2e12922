package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a Redis or a sentinel listens; an IPv6 address has no brackets here. */
public record RedisAddress(String host, int port) {
    private static final String FORM = "^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):([0-9]{1,5})$";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    static final Schema<RedisAddress> SCHEMA =
            Schemas.scalar(
                    "host:port",
                    Map.of("type", "string", "pattern", FORM),
                    new RedisAddress("redis", 6379),
                    RedisAddress::parse);

    public RedisAddress {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("expected a port from 1 to 65535");
        }
    }

    public static RedisAddress parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected a host and a port such as redis:6379 or [::1]:6379");
        }
        String host = matcher.group(1).replaceAll("[\\[\\]]", "");
        return new RedisAddress(host, Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
