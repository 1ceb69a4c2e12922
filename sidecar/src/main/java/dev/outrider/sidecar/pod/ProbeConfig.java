package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How it is found out whether the app is well: one of the first three; or nothing is, and that
 * somebody has asked is all there is to know.
 *
 * @param key that whoever asks must know; null if anybody may ask
 */
public record ProbeConfig(
        @Nullable HttpProbeConfig http,
        @Nullable Integer tcp,
        @Nullable GrpcProbeConfig grpc,
        Duration timeout,
        @Nullable String key,
        boolean noted) {
    private static final Pattern KEY = Pattern.compile("[0-9A-Za-z_-]{16,128}");
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofDays(7);

    static final Schema<Integer> PORT = Schemas.integer(1, 65535);

    static final RecordSchema<ProbeConfig> SCHEMA =
            Schema.record(
                    "ProbeConfig",
                    "A probe of the app, as the kubelet has it: http, tcp or grpc; or noted.",
                    f ->
                            new ProbeConfig(
                                    f.nullable(
                                            "http",
                                            HttpProbeConfig.SCHEMA,
                                            "good with a status from 200 to 399"),
                                    f.nullable(
                                            "tcp",
                                            PORT,
                                            "a port; good when it can be connected to"),
                                    f.nullable(
                                            "grpc",
                                            GrpcProbeConfig.SCHEMA,
                                            "good when grpc.health.v1 says SERVING"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            Duration.ofSeconds(1),
                                            "how long it may take, redirects included"),
                                    f.nullable(
                                            "key",
                                            Schemas.text(),
                                            "who asks must add ?key= and this, else there is"
                                                    + " nothing there; for hooks, which do"
                                                    + " something"),
                                    f.optional(
                                            "noted",
                                            Schemas.bool(),
                                            false,
                                            "nothing is called: a poststart that tells that its"
                                                    + " container has started"
                                                    + " (--until-apps-end)")));

    public ProbeConfig {
        long calls = Stream.of(http, tcp, grpc).filter(java.util.Objects::nonNull).count();
        if (calls + (noted ? 1 : 0) != 1) {
            throw new IllegalArgumentException("give one of http, tcp, grpc and noted");
        }
        requireTimeout(timeout);
        if (key != null && !KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "'key' must be 16 to 128 letters, digits, - or _; make it by chance");
        }
    }

    /** Whether somebody may ask who has shown that; takes the same time for every wrong one. */
    boolean opensTo(String shown) {
        return key == null
                || MessageDigest.isEqual(
                        key.getBytes(StandardCharsets.UTF_8),
                        shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "ProbeConfig[%s, timeout=%s%s]"
                .formatted(
                        Stream.of(http, tcp, grpc).filter(java.util.Objects::nonNull).toList(),
                        timeout,
                        key == null ? "" : ", key=(hidden)");
    }

    static void requireTimeout(Duration timeout) {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'timeout' must be from 50ms to 7d");
        }
    }
}
