package dev.outrider.sidecar.auth.keys;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a key: everything but the key.
 *
 * @param id its public part
 * @param hash SHA-256 of the whole key in lower-case hexadecimal
 * @param owner whom requests with it are from
 * @param tier the subscription that limits go by, empty for none
 * @param tenant the customer, empty for none
 * @param expires when it ends by itself, null for never
 * @param revoked when it was called off, null if it was not
 * @param rotatedFrom the id of the key it takes the place of, null for none
 */
public record ApiKey(
        String id,
        String hash,
        String owner,
        String tier,
        List<String> scopes,
        List<String> roles,
        String tenant,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant revoked,
        @Nullable String rotatedFrom) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int LONGEST = 128;
    private static final int MOST_NAMES = 64;

    public ApiKey {
        scopes = List.copyOf(scopes);
        roles = List.copyOf(roles);
        if (!KeyText.isId(id)) {
            throw new IllegalArgumentException("'" + id + "' is no key's id");
        }
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("the hash of key " + id + " is no SHA-256");
        }
        if (owner.isBlank()) {
            throw new IllegalArgumentException("say who owns the key");
        }
        check("owner", owner);
        check("tier", tier);
        check("tenant", tenant);
        checkNames("scope", scopes);
        checkNames("role", roles);
        if (scopes.stream().anyMatch(scope -> scope.contains(" "))) {
            throw new IllegalArgumentException("a scope must not hold a blank");
        }
    }

    private static void checkNames(String what, List<String> names) {
        if (names.size() > MOST_NAMES) {
            throw new IllegalArgumentException(
                    "a key has at most " + MOST_NAMES + " of each " + what);
        }
        for (String name : names) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a " + what + " must not be empty");
            }
            check(what, name);
        }
    }

    private static void check(String what, String text) {
        if (text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the "
                            + what
                            + " must have at most "
                            + LONGEST
                            + " characters and no control characters");
        }
    }

    /** How a key stands. */
    public enum State {
        ACTIVE,
        EXPIRED,
        REVOKED
    }

    public State state(Instant now) {
        return state(now.toEpochMilli());
    }

    State state(long nowMillis) {
        if (revoked != null) {
            return State.REVOKED;
        }
        return expires != null && nowMillis >= expires.toEpochMilli()
                ? State.EXPIRED
                : State.ACTIVE;
    }

    ApiKey expiring(@Nullable Instant at) {
        return new ApiKey(
                id, hash, owner, tier, scopes, roles, tenant, created, at, revoked, rotatedFrom);
    }

    ApiKey revoked(Instant at) {
        return new ApiKey(
                id, hash, owner, tier, scopes, roles, tenant, created, expires, at, rotatedFrom);
    }
}
