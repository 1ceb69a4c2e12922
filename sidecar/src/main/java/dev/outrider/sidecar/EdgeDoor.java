package dev.outrider.sidecar;

import dev.outrider.sidecar.edge.EdgeConfig;
import dev.outrider.sidecar.edge.SecurePort;
import dev.outrider.sidecar.limit.ConcurrencyConfig;
import dev.outrider.sidecar.limit.ConcurrencyFilter;
import dev.outrider.sidecar.limit.Limits;
import dev.outrider.sidecar.redis.LettuceRedis;
import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.redis.RedisConfig;
import dev.outrider.sidecar.tls.PublicCertificates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the front door has of its own under one configuration.
 *
 * @param certificates null without TLS
 * @param redis null if nothing is shared
 */
record EdgeDoor(
        EdgeConfig config,
        @Nullable PublicCertificates certificates,
        @Nullable Redis redis,
        EdgeCallers callers,
        @Nullable ConcurrencyFilter concurrency,
        Limits limits) {

    /** Takes over what is configured the same. */
    static EdgeDoor fit(Base base, EdgeConfig config, @Nullable EdgeDoor old) throws IOException {
        OpenParts fresh = new OpenParts();
        try {
            PublicCertificates certificates = certificates(base, config.https(), old, fresh);
            Redis redis = redis(base, config.redis(), old, fresh);
            EdgeCallers before = old == null ? null : old.callers;
            EdgeCallers callers = EdgeCallers.fit(base, config.auth(), redis, before);
            callers.parts().stream()
                    .filter(each -> before == null || !before.parts().contains(each))
                    .forEach(fresh::add);
            return new EdgeDoor(
                    config,
                    certificates,
                    redis,
                    callers,
                    concurrency(config, old),
                    limits(base, config, redis, old));
        } catch (IllegalArgumentException e) {
            fresh.close();
            throw new IOException("edge.limits: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private static @Nullable PublicCertificates certificates(
            Base base, @Nullable SecurePort port, @Nullable EdgeDoor old, OpenParts fresh)
            throws IOException {
        if (port == null) {
            return null;
        }
        SecurePort before = old == null ? null : old.config.https();
        return old != null && before != null && before.tls().equals(port.tls())
                ? old.certificates
                : fresh.add(base.publicCertificates(port.tls()));
    }

    private static @Nullable Redis redis(
            Base base, @Nullable RedisConfig config, @Nullable EdgeDoor old, OpenParts fresh)
            throws IOException {
        if (config == null) {
            return null;
        }
        return old != null && Objects.equals(old.config.redis(), config)
                ? old.redis
                : fresh.add(
                        LettuceRedis.open(
                                config, base.loops, base.transport, base.ticker, base.random));
    }

    private static @Nullable ConcurrencyFilter concurrency(
            EdgeConfig config, @Nullable EdgeDoor old) {
        ConcurrencyConfig wanted = config.clients().concurrent();
        if (wanted == null) {
            return null;
        }
        return old != null && wanted.equals(old.config.clients().concurrent())
                ? old.concurrency
                : new ConcurrencyFilter(wanted);
    }

    private static Limits limits(
            Base base, EdgeConfig config, @Nullable Redis redis, @Nullable EdgeDoor old) {
        boolean same =
                old != null
                        && Objects.equals(config.redis(), old.config.redis())
                        && old.config.limits().equals(config.limits());
        return old != null && same
                ? old.limits
                : new Limits(config.limits(), Objects.requireNonNull(base.limits), redis);
    }

    /** Closes what has connections on the event loops, which are about to end. */
    void leaveLoops() {
        if (redis != null) {
            redis.close();
        }
    }

    /** What runs in the background; they are closed in reverse, so who uses another comes last. */
    List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>();
        if (certificates != null) {
            parts.add(certificates);
        }
        if (redis != null) {
            parts.add(redis);
        }
        parts.addAll(callers.parts());
        return parts;
    }
}
