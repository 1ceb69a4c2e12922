package dev.outrider.sidecar.auth.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to API keys, whoever asks for it. Blocks as its store does; any thread. A wrong
 * request is an {@link IllegalArgumentException}, an id that no key has a {@link NoSuchKey}.
 */
public final class KeyOperations {
    private static final Logger LOG = LoggerFactory.getLogger(KeyOperations.class);

    /** Keys that ended so long ago make room for new ones. */
    private static final Duration REMEMBERED = Duration.ofDays(90);

    private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

    private final KeyStore store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Runnable changed;

    /**
     * @param random one for secrets, {@link java.security.SecureRandom}
     * @param changed told after each change, such as {@link ApiKeys#refresh}
     */
    public KeyOperations(
            KeyStore store, InstantSource clock, RandomGenerator random, Runnable changed) {
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.changed = changed;
    }

    /** No key has that id. */
    public static final class NoSuchKey extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        NoSuchKey(String id) {
            super("there is no API key '" + id + "'");
        }
    }

    public List<ApiKey> list() throws IOException, InterruptedException {
        return List.copyOf(store.read().values());
    }

    public ApiKey show(String id) throws IOException, InterruptedException {
        return find(store.read(), id);
    }

    public IssuedKey create(KeyRequest request) throws IOException, InterruptedException {
        Instant now = now();
        IssuedKey issued = issue(request, now, null);
        change(keys -> with(forget(keys, now), issued.key()));
        LOG.info("API key {} of {} created", issued.key().id(), request.owner());
        return issued;
    }

    /**
     * Makes a new key in the place of another, which holds for {@code overlap} longer at most.
     *
     * @param lifetime of the new key; null for that of the old
     */
    public IssuedKey rotate(String id, Duration overlap, @Nullable Duration lifetime)
            throws IOException, InterruptedException {
        if (overlap.isNegative() || overlap.compareTo(LONGEST_OVERLAP) > 0) {
            throw new IllegalArgumentException("the overlap must be from 0s to 90 days");
        }
        Instant now = now();
        AtomicReference<@Nullable IssuedKey> issued = new AtomicReference<>();
        change(keys -> {
            ApiKey old = find(keys, id);
            if (old.state(now) != ApiKey.State.ACTIVE) {
                throw new IllegalArgumentException("key " + id + " has ended; create a new one");
            }
            IssuedKey next = issue(likewise(old, lifetime), now, id);
            issued.set(next);
            Instant end = now.plus(overlap);
            Instant before = old.expires();
            ApiKey ending = old.expiring(before != null && before.isBefore(end) ? before : end);
            return with(with(keys, ending), next.key());
        });
        IssuedKey made = issued.get();
        if (made == null) {
            throw new IllegalStateException("the store made no change");
        }
        LOG.info("API key {} takes the place of {}", made.key().id(), id);
        return made;
    }

    private static KeyRequest likewise(ApiKey old, @Nullable Duration lifetime) {
        Instant expires = old.expires();
        Duration same = expires == null ? null : Duration.between(old.created(), expires);
        return new KeyRequest(
                old.owner(),
                old.tier(),
                old.scopes(),
                old.roles(),
                old.tenant(),
                lifetime == null ? same : lifetime);
    }

    /** Sets when a key ends by itself; null for never. */
    public ApiKey expire(String id, @Nullable Instant at) throws IOException, InterruptedException {
        Instant end = at == null ? null : at.truncatedTo(ChronoUnit.SECONDS);
        return alter(
                id,
                key -> {
                    if (key.revoked() != null) {
                        throw new IllegalArgumentException(
                                "key " + id + " is revoked, and stays so");
                    }
                    return key.expiring(end);
                },
                "expires " + (end == null ? "never" : end));
    }

    /** Ends a key for good; again does nothing. */
    public ApiKey revoke(String id) throws IOException, InterruptedException {
        Instant now = now();
        return alter(id, key -> key.revoked() == null ? key.revoked(now) : key, "revoked");
    }

    private ApiKey alter(String id, UnaryOperator<ApiKey> change, String what)
            throws IOException, InterruptedException {
        AtomicReference<@Nullable ApiKey> altered = new AtomicReference<>();
        change(keys -> {
            ApiKey next = change.apply(find(keys, id));
            altered.set(next);
            return with(keys, next);
        });
        LOG.info("API key {} {}", id, what);
        ApiKey made = altered.get();
        if (made == null) {
            throw new IllegalStateException("the store made no change");
        }
        return made;
    }

    private void change(UnaryOperator<Map<String, ApiKey>> change)
            throws IOException, InterruptedException {
        store.change(change);
        changed.run();
    }

    private IssuedKey issue(KeyRequest request, Instant now, @Nullable String rotatedFrom) {
        KeyText text = KeyText.make(random);
        byte[] hash = ApiKeys.sha256().digest(text.text().getBytes(StandardCharsets.US_ASCII));
        Duration lifetime = request.lifetime();
        ApiKey key =
                new ApiKey(
                        text.id(),
                        HexFormat.of().formatHex(hash),
                        request.owner(),
                        request.tier(),
                        request.scopes(),
                        request.roles(),
                        request.tenant(),
                        now,
                        lifetime == null ? null : now.plus(lifetime),
                        null,
                        rotatedFrom);
        return new IssuedKey(key, text.text());
    }

    private static ApiKey find(Map<String, ApiKey> keys, String id) {
        ApiKey key = keys.get(id);
        if (key == null) {
            throw new NoSuchKey(id);
        }
        return key;
    }

    private static Map<String, ApiKey> with(Map<String, ApiKey> keys, ApiKey key) {
        Map<String, ApiKey> next = new LinkedHashMap<>(keys);
        next.put(key.id(), key);
        return next;
    }

    private static Map<String, ApiKey> forget(Map<String, ApiKey> keys, Instant now) {
        Map<String, ApiKey> kept = new LinkedHashMap<>(keys);
        Instant before = now.minus(REMEMBERED);
        kept.values()
                .removeIf(
                        key -> isBefore(key.revoked(), before) || isBefore(key.expires(), before));
        return kept;
    }

    private static boolean isBefore(@Nullable Instant ended, Instant moment) {
        return ended != null && ended.isBefore(moment);
    }

    /** To the second, as people read it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
