package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.aside.PortRequest;
import dev.outrider.sidecar.aside.PortResponse;
import dev.outrider.sidecar.aside.PortServer;
import dev.outrider.sidecar.aside.Readiness;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands at which address of the pod port; there is nothing else. */
record PodRoutes(
        Supplier<PodConfig> config,
        Supplier<Readiness> readiness,
        Probes probes,
        PodMetrics metrics,
        Consumer<String> started)
        implements PortServer.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(PodRoutes.class);
    private static final String PROBE = "/probe/";
    private static final String POST_START = "/poststart";

    /** The kubelet's, with its version; others are not handed on. */
    private static final Pattern KUBELET =
            Pattern.compile("kube-(probe|lifecycle)/[0-9A-Za-z.+-]{1,40}");

    private static final String UNNAMED = "kube-probe/outrider";

    /** What the app may take. */
    @Override
    public Duration time(PortRequest request) {
        PodConfig now = config.get();
        if (request.path().equals("/metrics")) {
            // Once for a place, and once for the app.
            return now.metrics() == null ? Duration.ZERO : now.metrics().timeout().multipliedBy(2);
        }
        ProbeConfig probe = asked(now, request);
        return probe == null ? Duration.ZERO : probe.timeout();
    }

    /** Of the probe that is asked for. Kubelets before 1.26 write two slashes before a hook's. */
    private static String name(PortRequest request) {
        String path = request.path();
        String one = path.startsWith("/" + PROBE) ? path.substring(1) : path;
        return one.startsWith(PROBE) ? one.substring(PROBE.length()) : "";
    }

    /** Null if there is none, or none for who asks: the two look the same from outside. */
    private static @Nullable ProbeConfig asked(PodConfig now, PortRequest request) {
        ProbeConfig probe = now.probes().get(name(request));
        return probe != null && probe.opensTo(request.query().getOrDefault("key", ""))
                ? probe
                : null;
    }

    @Override
    public PortResponse answer(PortRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return PortResponse.text(405, "use GET").with("allow", "GET, HEAD");
        }
        try {
            return switch (request.path()) {
                case "/ready" -> ready(readiness.get(), request);
                case "/live" -> PortResponse.text(200, "live");
                case "/metrics" -> metrics.page(config.get(), request.header("accept"));
                default ->
                        request.path().startsWith(PROBE) || request.path().startsWith("/" + PROBE)
                                ? probe(request)
                                : PortResponse.text(404, "there is nothing at this address");
            };
        } catch (RuntimeException e) {
            LOG.error("the pod port failed to answer {}", request.path(), e);
            return PortResponse.text(500, "the sidecar failed to answer; its log says why");
        }
    }

    /** The reasons may quote a configuration, or name servers: they are told to this host only. */
    static PortResponse ready(Readiness all, PortRequest request) {
        Readiness now = request.caller().isLoopbackAddress() ? all : all.withoutTexts();
        int status = now.ready() ? 200 : 503;
        return request.header("accept").startsWith("text/plain")
                ? PortResponse.text(status, now.trouble())
                : PortResponse.json(status, now.json());
    }

    private PortResponse probe(PortRequest request) {
        PodConfig now = config.get();
        String name = name(request);
        String agent = request.header("user-agent");
        Outcome outcome = null;
        if (asked(now, request) != null) {
            if (name.endsWith(POST_START)) {
                started.accept(name.substring(0, name.length() - POST_START.length()));
            }
            outcome = probes.run(now, name, KUBELET.matcher(agent).matches() ? agent : UNNAMED);
        }
        if (outcome == null) {
            return PortResponse.text(404, "no such probe is configured in pod.probes");
        }
        return PortResponse.text(outcome.good() ? 200 : 503, outcome.text());
    }
}
