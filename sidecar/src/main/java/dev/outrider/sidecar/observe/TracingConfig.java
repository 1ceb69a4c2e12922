package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How traces are joined and reported.
 *
 * @param sampling the share of traces begun here that are recorded, 0 to 1
 * @param zipkin where spans are posted; null reports nothing and still passes the headers on
 * @param batch bytes of spans that are posted together at most
 */
public record TracingConfig(
        double sampling,
        @Nullable URI zipkin,
        @Nullable String service,
        List<Propagation> propagate,
        boolean trustTrace,
        boolean trustRequestId,
        int queue,
        long batch,
        Duration flushAfter,
        Duration timeout,
        Duration closeWithin) {

    public static final TracingConfig DEFAULTS =
            new TracingConfig(
                    0.01,
                    null,
                    null,
                    List.of(Propagation.W3C, Propagation.B3),
                    true,
                    false,
                    10_000,
                    500 * 1024,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(3));

    public static final Schema<TracingConfig> SCHEMA =
            Schema.record(
                    "TracingConfig",
                    "How traces are joined over the hops and where spans are reported.",
                    f ->
                            new TracingConfig(
                                    f.optional(
                                            "sampling",
                                            Schemas.percent(),
                                            DEFAULTS.sampling,
                                            "share of the traces begun here that are recorded;"
                                                    + " a trace that arrives decided stays so"),
                                    f.nullable(
                                            "zipkin",
                                            url(),
                                            "where spans are posted, for example"
                                                    + " http://zipkin:9411/api/v2/spans; without it"
                                                    + " headers are passed on and nothing is reported"),
                                    f.nullable(
                                            "service",
                                            Schemas.text(),
                                            "this workload's name in traces; 'name' when left out"),
                                    f.optional(
                                            "propagate",
                                            Schemas.list(Schemas.oneOf(Propagation.class)),
                                            DEFAULTS.propagate,
                                            "headers written for the next hop; all kinds are read"),
                                    f.optional(
                                            "trustTrace",
                                            Schemas.bool(),
                                            DEFAULTS.trustTrace,
                                            "edge: continue a trace that a client from outside began"),
                                    f.optional(
                                            "trustRequestId",
                                            Schemas.bool(),
                                            DEFAULTS.trustRequestId,
                                            "edge: keep the x-request-id of a client from outside"),
                                    f.optional(
                                            "queue",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.queue,
                                            "spans that wait at most; more are dropped and counted"),
                                    f.optional(
                                            "batch",
                                            Schemas.size(),
                                            DEFAULTS.batch,
                                            "bytes of spans posted together at most"),
                                    f.optional(
                                            "flushAfter",
                                            Schemas.duration(),
                                            DEFAULTS.flushAfter,
                                            "how long a span waits for others at most"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            DEFAULTS.timeout,
                                            "how long connecting and posting may take, each"),
                                    f.optional(
                                            "closeWithin",
                                            Schemas.duration(),
                                            DEFAULTS.closeWithin,
                                            "how long waiting spans may hold up the shutdown")));

    public TracingConfig {
        if (!(sampling >= 0 && sampling <= 1)) {
            throw new IllegalArgumentException("sampling must be from 0% to 100%");
        }
        if (queue < 1) {
            throw new IllegalArgumentException("queue must be at least 1 span");
        }
        if (batch < 4096 || batch > 16 * 1024 * 1024) {
            throw new IllegalArgumentException("batch must be from 4KiB to 16MiB");
        }
        positive("flushAfter", flushAfter);
        positive("timeout", timeout);
        positive("closeWithin", closeWithin);
        propagate = List.copyOf(propagate);
    }

    private static void positive(String name, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(name + " must be longer than 0s");
        }
    }

    private static Schema<URI> url() {
        return Schemas.scalar(
                "URL",
                Map.of("type", "string", "pattern", "^https?://"),
                URI.create("http://zipkin:9411/api/v2/spans"),
                text -> {
                    URI uri = URI.create(text);
                    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                    if (!web || uri.getHost() == null) {
                        throw new IllegalArgumentException(
                                "expected a URL such as http://zipkin:9411/api/v2/spans");
                    }
                    return uri;
                });
    }
}
