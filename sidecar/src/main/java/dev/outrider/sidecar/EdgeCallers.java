package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.DenyList;
import dev.outrider.sidecar.auth.DenyListConfig;
import dev.outrider.sidecar.auth.EdgeJwtConfig;
import dev.outrider.sidecar.auth.EdgeTokens;
import dev.outrider.sidecar.auth.IssuerConfig;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.auth.JwksSource;
import dev.outrider.sidecar.auth.RedisDeniedIds;
import dev.outrider.sidecar.auth.TokenDesk;
import dev.outrider.sidecar.auth.edge.EdgeAuth;
import dev.outrider.sidecar.auth.edge.EdgeAuthConfig;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.auth.keys.ApiKeysConfig;
import dev.outrider.sidecar.auth.keys.KeyStore;
import dev.outrider.sidecar.redis.Redis;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom the edge can tell apart under one configuration: keys of token issuers by name, refused
 * tokens, API keys. Takes over what is configured the same, so that fetched keys stay known.
 *
 * @param redis what {@code denied} and {@code store} may be kept in
 * @param store of the API keys, for those who change them
 */
record EdgeCallers(
        EdgeAuthConfig config,
        @Nullable Redis redis,
        Map<String, Jwks> issuers,
        @Nullable DenyList denied,
        @Nullable KeyStore store,
        EdgeAuth auth) {
    private static final Duration POLL = Duration.ofSeconds(1);

    static EdgeCallers fit(
            Base base, EdgeAuthConfig config, @Nullable Redis redis, @Nullable EdgeCallers old)
            throws IOException {
        if (old != null && old.config.equals(config) && Objects.equals(old.redis, redis)) {
            return old;
        }
        OpenParts fresh = new OpenParts();
        try {
            Map<String, Jwks> issuers = new LinkedHashMap<>();
            EdgeJwtConfig jwt = config.jwt();
            if (jwt != null) {
                jwt.issuers()
                        .forEach((name, each) ->
                                issuers.put(name, keys(base, name, each, old, fresh)));
            }
            DenyList denied = denied(base, config, redis, old, fresh);
            boolean sameKeys =
                    old != null
                            && Objects.equals(config.apiKeys(), old.config.apiKeys())
                            && Objects.equals(redis, old.redis);
            KeyStore store =
                    old != null && sameKeys ? old.store : store(base, config.apiKeys(), redis);
            ApiKeys keys =
                    old != null && sameKeys
                            ? old.auth.keys()
                            : apiKeys(base, config.apiKeys(), store, fresh);
            EdgeTokens tokens =
                    jwt == null ? null : new EdgeTokens(jwt, issuers, denied, base.clock);
            EdgeAuth auth = new EdgeAuth(config, tokens, keys);
            return new EdgeCallers(config, redis, issuers, denied, store, auth);
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private static Jwks keys(
            Base base,
            String name,
            IssuerConfig config,
            @Nullable EdgeCallers old,
            OpenParts fresh) {
        EdgeJwtConfig before = old == null ? null : old.config.jwt();
        IssuerConfig same = before == null ? null : before.issuers().get(name);
        Jwks known = old == null ? null : old.issuers.get(name);
        if (known != null && same != null && same.jwks().equals(config.jwks())) {
            return known;
        }
        JwksSource source = JwksSource.of(config.jwks(), TrustedBySystem::context, base.clock);
        Jwks keys = new Jwks(source, config.jwks(), base.clock, base.ticker, base.random);
        if (known != null && same != null && same.issuer().equals(config.issuer())) {
            keys.takeOver(known);
        }
        keys.start();
        return fresh.add(keys);
    }

    private static @Nullable DenyList denied(
            Base base,
            EdgeAuthConfig config,
            @Nullable Redis redis,
            @Nullable EdgeCallers old,
            OpenParts fresh)
            throws IOException {
        DenyListConfig list = config.jwt() == null ? null : config.jwt().denyList();
        if (list == null) {
            return null;
        }
        EdgeJwtConfig before = old == null ? null : old.config.jwt();
        if (old != null
                && before != null
                && list.equals(before.denyList())
                && Objects.equals(old.redis, redis)) {
            return old.denied;
        }
        return fresh.add(DenyList.of(list, redis, POLL, base.clock));
    }

    private static @Nullable KeyStore store(
            Base base, @Nullable ApiKeysConfig config, @Nullable Redis redis) {
        if (config == null) {
            return null;
        }
        return KeyStore.of(config, redis, base.clock);
    }

    private static @Nullable ApiKeys apiKeys(
            Base base, @Nullable ApiKeysConfig config, @Nullable KeyStore store, OpenParts fresh) {
        if (config == null || store == null) {
            return null;
        }
        ApiKeys keys = fresh.add(new ApiKeys(store, config.hold(), base.clock, base.ticker));
        keys.start();
        return keys;
    }

    /** For operators; null without a deny list. */
    @Nullable TokenDesk tokenDesk(InstantSource clock) {
        return denied == null
                ? null
                : new TokenDesk(
                        denied,
                        redis == null || !inRedis() ? null : new RedisDeniedIds(redis, clock),
                        clock);
    }

    private boolean inRedis() {
        DenyListConfig list = config.jwt() == null ? null : config.jwt().denyList();
        return list != null && list.redis();
    }

    /** What runs in the background. */
    List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>(issuers.values());
        if (denied != null) {
            parts.add(denied);
        }
        if (auth.keys() != null) {
            parts.add(auth.keys());
        }
        return parts;
    }
}
