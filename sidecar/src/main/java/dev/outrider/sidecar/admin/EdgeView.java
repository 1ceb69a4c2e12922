package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.auth.TokenDesk;
import dev.outrider.sidecar.auth.keys.KeyDesk;
import dev.outrider.sidecar.limit.LimitState;
import dev.outrider.sidecar.limit.Limits;
import dev.outrider.sidecar.redis.RedisStatus;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the admin port sees and changes of an edge. Each function gives what holds now.
 *
 * @param keys gives null where no API keys are configured
 * @param tokens gives null where no deny list is configured
 * @param limits of the configuration in force
 * @param counts of all limits that ever were
 * @param redis gives null where none is configured
 */
public record EdgeView(
        Supplier<@Nullable KeyDesk> keys,
        Supplier<@Nullable TokenDesk> tokens,
        Supplier<Limits> limits,
        Supplier<LimitState.Counts> counts,
        Supplier<@Nullable RedisStatus> redis) {}
