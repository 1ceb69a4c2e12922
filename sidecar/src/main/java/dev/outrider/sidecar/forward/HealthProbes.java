package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.HealthConfig;
import dev.outrider.sidecar.balance.HealthState;
import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every member of a service in turn whether it is well, over the same kind of connection that
 * requests take. On one loop.
 */
public final class HealthProbes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthProbes.class);

    private final Service service;
    private final HealthConfig config;
    private final Worker worker;
    private final Map<Member, HealthState> states = new IdentityHashMap<>();
    private volatile boolean closed;

    public HealthProbes(
            Service service,
            HealthConfig config,
            EventLoop loop,
            Ticker ticker,
            RandomGenerator random) {
        this.service = service;
        this.config = config;
        this.worker = new Worker(loop, ticker, random);
    }

    public void start() {
        worker.loop.execute(this::round);
    }

    /** Ends the probes; those under way still end, and change nothing. */
    @Override
    public void close() {
        closed = true;
        worker.loop.execute(() -> {
            worker.close();
            service.unusedBy(worker);
        });
    }

    /** Probes all, spread over the interval by chance so that a fleet does not probe in step. */
    private void round() {
        if (closed) {
            return;
        }
        states.keySet().removeIf(member -> !service.targets().has(member));
        worker.retain(service);
        long interval = config.interval().toNanos();
        for (Member member : service.members().all()) {
            HealthState state =
                    states.computeIfAbsent(member, each -> new HealthState(config, each.healthy()));
            long wait = worker.random.nextLong(Math.max(1, interval / 4));
            worker.loop.schedule(() -> probe(member, state), wait, TimeUnit.NANOSECONDS);
        }
        worker.loop.schedule(this::round, interval, TimeUnit.NANOSECONDS);
    }

    private void probe(Member member, HealthState state) {
        if (!closed && service.targets().has(member)) {
            new HealthProbe(service, worker, member, config, good -> probed(member, state, good))
                    .start();
        }
    }

    private void probed(Member member, HealthState state, boolean good) {
        if (closed) {
            return;
        }
        boolean before = state.healthy();
        state.probed(good);
        if (state.healthy() != before) {
            LOG.info(
                    "{}: {} is {}",
                    service.name(),
                    member.address(),
                    state.healthy() ? "healthy again" : "unhealthy");
        }
        // Each time: the last word of probes that were just closed may have come after ours began.
        member.healthy(state.healthy());
    }
}
