package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Draws the fault of each request; delay and abort are drawn independently. */
public final class FaultPolicy {
    private static final Fault NONE = new Fault.None();
    private final FaultConfig config;
    private final Fault delay;
    private final Fault abort;
    private final Fault both;
    private final String[] names;
    private final String[] values;

    public FaultPolicy(FaultConfig config) {
        this.config = config;
        long nanos = config.delay() == null ? 0 : config.delay().duration().toNanos();
        int status = config.abort() == null ? 0 : config.abort().status();
        this.delay = new Fault.Delay(nanos);
        this.abort = new Fault.Abort(status);
        this.both = new Fault.DelayThenAbort(nanos, status);
        List<Map.Entry<String, String>> wanted = List.copyOf(config.headers().entrySet());
        this.names = wanted.stream().map(Map.Entry::getKey).toArray(String[]::new);
        this.values = wanted.stream().map(Map.Entry::getValue).toArray(String[]::new);
    }

    public Fault decide(RequestHead request, RandomGenerator random) {
        if (!matches(request.headers())) {
            return NONE;
        }
        boolean delayed = config.delay() != null && random.nextDouble() < config.delay().share();
        boolean aborted = config.abort() != null && random.nextDouble() < config.abort().share();
        if (delayed) {
            return aborted ? both : delay;
        }
        return aborted ? abort : NONE;
    }

    private boolean matches(Headers headers) {
        for (int i = 0; i < names.length; i++) {
            String value = headers.get(names[i]);
            if (value == null || !values[i].equals("*") && !values[i].equals(value)) {
                return false;
            }
        }
        return true;
    }
}
