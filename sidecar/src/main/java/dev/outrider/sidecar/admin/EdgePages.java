package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.PortRequest;
import dev.outrider.sidecar.aside.PortResponse;
import dev.outrider.sidecar.aside.RequestRefused;
import dev.outrider.sidecar.auth.TokenDesk;
import dev.outrider.sidecar.auth.keys.KeyDesk;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import dev.outrider.sidecar.limit.KeyUse;
import dev.outrider.sidecar.limit.LimitCounts;
import dev.outrider.sidecar.limit.LimitState;
import dev.outrider.sidecar.redis.RedisStatus;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses that only an edge has: API keys, limits, Redis. On the admin's threads. */
final class EdgePages {
    private static final Logger LOG = LoggerFactory.getLogger(EdgePages.class);
    private static final long LONGEST_SECONDS = 5;

    private final EdgeView view;

    EdgePages(EdgeView view) {
        this.view = view;
    }

    /** Something that may fail as stores do. */
    private interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    List<Route> routes() {
        return List.of(
                Route.view("/limits", "what limits have done", (_, _) -> counts()),
                Route.view(
                        "/limits/{name}",
                        "what a key has used, ?key=client=192.0.2.7",
                        (request, name) -> look(request, name)),
                Route.change(
                        "/limits/{name}/reset",
                        "forget what a key has used, ?key=client=192.0.2.7",
                        (request, name) -> reset(request, name)),
                Route.both(
                        "/keys",
                        "API keys; POST ?owner=acme&tier=gold makes one",
                        (request, _) -> keys(request)),
                Route.view("/keys/{name}", "one API key", (_, id) -> key(desk -> desk.show(id))),
                Route.change(
                        "/keys/{name}/rotate",
                        "a new key for the old one, ?overlap=24h",
                        (request, id) -> changed(id, desk -> desk.rotate(id, request.query()))),
                Route.change(
                        "/keys/{name}/expire",
                        "set when it ends, ?in=24h",
                        (request, id) -> changed(id, desk -> desk.expire(id, request.query()))),
                Route.change(
                        "/keys/{name}/revoke",
                        "end it now",
                        (_, id) -> changed(id, desk -> desk.revoke(id))),
                Route.view("/tokens", "how the deny list of tokens does", (_, _) -> tokens()),
                Route.change(
                        "/tokens/{name}/deny",
                        "refuse the token of this id (jti), ?for=24h: while it may still hold",
                        this::deny),
                Route.view("/redis", "how Redis does", (_, _) -> redis()));
    }

    private PortResponse counts() {
        LimitState.Counts counts = view.counts().get();
        Map<String, Object> limits = new LinkedHashMap<>();
        counts.limits().forEach((name, each) -> limits.put(name, json(each)));
        return PortResponse.json(
                200,
                ViewJson.object(
                        "limits", limits,
                        "keys", counts.keys(),
                        "forgotten", counts.forgotten(),
                        "forgottenAtLimit", counts.forgottenAtLimit(),
                        "waiting", counts.waiting()));
    }

    private static Object json(LimitCounts counts) {
        return ViewJson.object(
                "allowed", counts.allowed(),
                "refused", counts.refused(),
                "wouldRefuse", counts.wouldRefuse(),
                "throttled", counts.throttled(),
                "decidedAlone", counts.decidedAlone(),
                "refusedBlind", counts.refusedBlind(),
                "leased", counts.leased());
    }

    private PortResponse look(PortRequest request, String name) throws RequestRefused {
        List<KeyUse> uses = done(() -> wait(view.limits().get().look(name, key(request))));
        return PortResponse.json(
                200,
                ViewJson.object(
                        "limit", name,
                        "key", key(request),
                        "quotas", uses.stream().map(EdgePages::json).toList()));
    }

    private static Object json(KeyUse use) {
        return ViewJson.object(
                "tier", use.tier(),
                "policy", use.policy(),
                "limit", use.limit(),
                "windowSeconds", use.windowMicros() / 1e6,
                "remaining", use.remaining(),
                "resetSeconds", use.resetMicros() / 1e6,
                "heldInAdvance", use.held());
    }

    private PortResponse reset(PortRequest request, String name) throws RequestRefused {
        String key = key(request);
        boolean done = done(() -> wait(view.limits().get().reset(name, key)));
        LOG.warn("limit '{}': what '{}' has used is forgotten, by the admin port", name, key);
        return PortResponse.text(200, done ? "ok" : "not done");
    }

    private static String key(PortRequest request) {
        return request.query().getOrDefault("key", "");
    }

    private PortResponse keys(PortRequest request) throws RequestRefused {
        return request.changes()
                ? changed("a new one", desk -> desk.create(request.query()))
                : key(KeyDesk::list);
    }

    /** What is asked of the desk. */
    private interface Asked {
        Map<String, Object> of(KeyDesk desk) throws IOException, InterruptedException;
    }

    private PortResponse key(Asked asked) throws RequestRefused {
        KeyDesk desk = view.keys().get();
        if (desk == null) {
            throw new RequestRefused(404, "no API keys are configured: set edge.auth.apiKeys");
        }
        return PortResponse.json(200, done(() -> asked.of(desk)));
    }

    private PortResponse changed(String id, Asked asked) throws RequestRefused {
        PortResponse answer = key(asked);
        LOG.warn("API key '{}' changed by the admin port", id);
        return answer.with("cache-control", "no-store");
    }

    private PortResponse tokens() throws RequestRefused {
        return PortResponse.json(200, tokenDesk().status());
    }

    private PortResponse deny(PortRequest request, String id) throws RequestRefused {
        TokenDesk desk = tokenDesk();
        Map<String, Object> answer = done(() -> desk.deny(id, request.query()));
        LOG.warn("token '{}' is refused from now on, by the admin port", id);
        return PortResponse.json(200, answer);
    }

    private TokenDesk tokenDesk() throws RequestRefused {
        TokenDesk desk = view.tokens().get();
        if (desk == null) {
            throw new RequestRefused(404, "no deny list is configured: set edge.auth.jwt.denyList");
        }
        return desk;
    }

    private PortResponse redis() throws RequestRefused {
        RedisStatus status = view.redis().get();
        if (status == null) {
            throw new RequestRefused(404, "no Redis is configured: set edge.redis");
        }
        Map<String, Object> failures = new TreeMap<>();
        status.failures().forEach((reason, count) -> failures.put(reason.word(), count));
        return PortResponse.json(
                200,
                ViewJson.object(
                        "topology", status.topology(),
                        "connected", status.connected(),
                        "loops", status.loops(),
                        "pending", status.pending(),
                        "calls", status.calls(),
                        "failures", failures,
                        "late", status.late(),
                        "breakerOpens", status.breakerOpens(),
                        "breakers", new TreeMap<>(status.breakers()),
                        "lastError", status.lastError() == null ? "" : status.lastError()));
    }

    private static <T> T wait(CompletionStage<T> stage) throws IOException, InterruptedException {
        try {
            return stage.toCompletableFuture().get(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + LONGEST_SECONDS + " s", e);
        }
    }

    /** A wrong question is the caller's 400 or 404, a store that does not answer a 503. */
    private static <T> T done(Work<T> work) throws RequestRefused {
        try {
            return work.run();
        } catch (KeyOperations.NoSuchKey e) {
            throw new RequestRefused(404, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new RequestRefused(400, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new RequestRefused(503, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RequestRefused(503, "interrupted");
        }
    }
}
