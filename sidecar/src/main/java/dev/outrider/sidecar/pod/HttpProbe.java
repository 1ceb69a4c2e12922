package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A GET as the kubelet sends it (its {@code pkg/probe/http}): 200 to 399 is good, and of the body
 * no more is read than it reads.
 */
record HttpProbe(
        AppCalls calls, InetAddress app, HttpProbeConfig config, String userAgent, Ticker ticker) {
    private static final HttpWalk.Wanted BODY = new HttpWalk.Wanted(10 * 1024, false);

    Outcome run(Duration timeout) throws IOException {
        HttpTarget asked =
                HttpTarget.of(config.scheme(), app.getHostAddress(), config.port(), config.path());
        HttpWalk walk = new HttpWalk(calls, app, fields(), ticker);
        return judged(walk.get(asked, authority(asked), timeout, BODY));
    }

    private static Outcome judged(HttpReply reply) {
        int status = reply.status();
        if (status >= 300 && status < 400) {
            return Outcome.good("status " + status + ", a redirect that is not followed");
        }
        return status >= 200 && status < 300
                ? Outcome.good("status " + status)
                : Outcome.bad("status " + status + ": " + reply.start());
    }

    /** What the Host field says. */
    private String authority(HttpTarget asked) {
        if (config.host() != null) {
            return config.host();
        }
        return config.headers().entrySet().stream()
                .filter(each -> each.getKey().equalsIgnoreCase("host"))
                .flatMap(each -> each.getValue().stream())
                .findFirst()
                .orElseGet(asked::authority);
    }

    /** The configured ones, and what the kubelet adds where they are not among them. */
    private Map<String, List<String>> fields() {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        config.headers()
                .forEach((name, values) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    if (!lower.equals("host") && !lower.equals("connection")) {
                        fields.put(name, values);
                    }
                });
        add(fields, "User-Agent", userAgent);
        add(fields, "Accept", "*/*");
        return fields;
    }

    private static void add(Map<String, List<String>> fields, String name, String value) {
        if (fields.keySet().stream().noneMatch(each -> each.equalsIgnoreCase(name))) {
            fields.put(name, List.of(value));
        }
    }
}
