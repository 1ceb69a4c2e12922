package dev.outrider.certs.ca;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import dev.outrider.certs.JwkDocuments;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.TrustBundle;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths of docs/ca-api.md. Called on a virtual thread for each request. */
final class CaHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CaHandler.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int LARGEST_BODY = 16 << 10;
    private static final int LARGEST_DRAINED = 1 << 20;
    private static final String CHAIN = "application/pem-certificate-chain";
    private static final String JSON_TYPE = "application/json";
    private static final String TEXT = "text/plain";

    private final LiveAuthority live;
    private final Callers callers;
    private final IssuingDesk desk;
    private final AuditLog audit;
    private final CaMetrics metrics;
    private final RateLimit perAddress;
    private final RateLimit perIdentity;
    private final Supplier<Optional<String>> readiness;
    private final InstantSource clock;

    /**
     * @param readiness why the server should get no new callers, if it should not
     */
    CaHandler(
            LiveAuthority live,
            Callers callers,
            IssuingDesk desk,
            AuditLog audit,
            RateLimit perAddress,
            RateLimit perIdentity,
            Supplier<Optional<String>> readiness,
            InstantSource clock) {
        this.live = live;
        this.callers = callers;
        this.desk = desk;
        this.audit = audit;
        this.metrics = new CaMetrics(live, desk::revoked);
        this.perAddress = perAddress;
        this.perIdentity = perIdentity;
        this.readiness = readiness;
        this.clock = clock;
    }

    private record Answer(int status, String type, String body) {
        static Answer ok(String type, String body) {
            return new Answer(200, type, body);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = answer((HttpsExchange) exchange);
            } catch (Refusal refusal) {
                answer = refused(exchange, refusal);
            } catch (RuntimeException | IOException e) {
                LOG.error("{} failed", exchange.getRequestURI().getPath(), e);
                answer =
                        refused(
                                exchange,
                                new Refusal(500, "internal", "the authority failed; see its log"));
            }
            send(exchange, answer);
        }
    }

    private Answer answer(HttpsExchange exchange) throws Refusal, IOException {
        String path = exchange.getRequestURI().getPath();
        String allowed = path.equals("/v1/svid") || path.equals("/v1/jwt") ? "POST" : "GET";
        boolean known =
                switch (path) {
                    case "/v1/svid", "/v1/jwt", "/v1/bundle", "/v1/jwks", "/metrics" -> true;
                    default -> false;
                };
        if (path.equals("/healthz")) {
            return Answer.ok(TEXT, "ok\n");
        }
        if (path.equals("/ready")) {
            return readiness
                    .get()
                    .map(why -> new Answer(503, TEXT, why + "\n"))
                    .orElse(Answer.ok(TEXT, "ready\n"));
        }
        limit(perAddress, addressKey(exchange), "from this address");
        if (!known) {
            throw new Refusal(404, "no-such-path", "see docs/ca-api.md for the paths there are");
        }
        if (!exchange.getRequestMethod().equals(allowed)) {
            exchange.getResponseHeaders().set("Allow", allowed);
            throw new Refusal(405, "wrong-method", path + " is for " + allowed);
        }
        return switch (path) {
            case "/v1/svid" -> svid(exchange);
            case "/v1/jwt" -> jwt(exchange);
            case "/v1/bundle" -> bundle(exchange);
            case "/metrics" -> Answer.ok(CaMetrics.TYPE, metrics.text(clock.instant()));
            default -> Answer.ok(JSON_TYPE, JwkDocuments.jwks(live.published().published()));
        };
    }

    private Answer svid(HttpsExchange exchange) throws Refusal, IOException {
        Caller caller = callers.identify(exchange, trust(), clock.instant());
        limit(perIdentity, caller.id().toString(), "for this identity");
        String chain = desk.svid(caller, body(exchange), address(exchange), clock.instant());
        metrics.issued("svid");
        return Answer.ok(CHAIN, chain);
    }

    private Answer jwt(HttpsExchange exchange) throws Refusal, IOException {
        Caller caller = callers.byCertificate(exchange, trust(), clock.instant());
        limit(perIdentity, caller.id().toString(), "for this identity");
        String token = desk.jwt(caller, body(exchange), address(exchange), clock.instant());
        metrics.issued("jwt");
        return Answer.ok(JSON_TYPE, token);
    }

    private Answer bundle(HttpsExchange exchange) {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        if (accept == null || !accept.contains(JSON_TYPE)) {
            return Answer.ok("application/x-pem-file", trust().toPem());
        }
        JwtKeys keys = live.published();
        return Answer.ok(
                JSON_TYPE,
                trust().toJson(keys.published(), live.sequence(), live.schedule().refreshHint()));
    }

    private TrustBundle trust() {
        return live.authority().bundle();
    }

    private static void limit(RateLimit limit, String key, String whose) throws Refusal {
        long wait = limit.take(key);
        if (wait > 0) {
            throw Refusal.rateLimited(whose, wait);
        }
    }

    private static String body(HttpExchange exchange) throws Refusal, IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (bytes.length > LARGEST_BODY) {
            // Taken off the wire, so that the client reads the answer instead of a reset.
            exchange.getRequestBody().skip(LARGEST_DRAINED);
            throw new Refusal(
                    413, "body-too-large", "a request has at most " + LARGEST_BODY + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Answer refused(HttpExchange exchange, Refusal refusal) throws IOException {
        metrics.refused(refusal.reason());
        // Anybody can be refused for the rate without end; the refusals before it are written down.
        if (refusal.status() != 429) {
            audit.append(
                    AuditLog.line(clock.instant(), "refused")
                            .put("path", exchange.getRequestURI().getPath())
                            .put("address", address(exchange))
                            .put("reason", refusal.reason())
                            .put("detail", refusal.detail()));
        }
        if (refusal.retryAfterSeconds() > 0) {
            exchange.getResponseHeaders()
                    .set("Retry-After", Long.toString(refusal.retryAfterSeconds()));
        }
        String problem =
                JSON.createObjectNode()
                        .put("type", "about:blank")
                        .put("status", refusal.status())
                        .put("reason", refusal.reason())
                        .put("detail", refusal.detail())
                        .toString();
        return new Answer(refusal.status(), "application/problem+json", problem);
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static String address(HttpExchange exchange) {
        return exchange.getRemoteAddress().getAddress().getHostAddress();
    }

    /** One host is given a whole /64 of IPv6 and could use a new address for each request. */
    private static String addressKey(HttpExchange exchange) {
        InetAddress address = exchange.getRemoteAddress().getAddress();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
                : address.getHostAddress();
    }
}
