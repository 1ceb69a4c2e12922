package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The end of every chain: finds the exchange's service and lets one {@link Call} get an answer. */
public final class Forwarder implements Upstream {
    private final Function<String, @Nullable Service> services;
    private final ExchangeObserver observer;
    private final Ticker ticker;
    private final InstantSource clock;
    private final Supplier<RandomGenerator> random;
    private final FastThreadLocal<Worker> workers;

    /**
     * @param services by name; asked on event loops
     */
    public Forwarder(
            Function<String, @Nullable Service> services,
            ExchangeObserver observer,
            Ticker ticker,
            InstantSource clock,
            Supplier<RandomGenerator> random) {
        this(services, observer, ticker, clock, random, new FastThreadLocal<>());
    }

    private Forwarder(
            Function<String, @Nullable Service> services,
            ExchangeObserver observer,
            Ticker ticker,
            InstantSource clock,
            Supplier<RandomGenerator> random,
            FastThreadLocal<Worker> workers) {
        this.services = services;
        this.observer = observer;
        this.ticker = ticker;
        this.clock = clock;
        this.random = random;
        this.workers = workers;
    }

    /** One for other services, which shares the connections with this one. */
    public Forwarder with(Function<String, @Nullable Service> changed, ExchangeObserver told) {
        return new Forwarder(changed, told, ticker, clock, random, workers);
    }

    @Override
    public void forward(Exchange exchange, Reply reply) {
        String name = exchange.service();
        Service service = name == null ? null : services.apply(name);
        if (service == null) {
            reply.fail(new Failure.NoRoute(exchange.request().authority()));
            return;
        }
        if (service.config().proxyProtocol() != ProxyProtocol.OFF) {
            reply.fail(
                    new Failure.NotReady(
                            "tcp-only",
                            "service " + name + " has proxyProtocol, so it takes raw TCP only"));
            return;
        }
        new Call(exchange, reply, service, worker(exchange.stream().loop()), observer, clock)
                .start();
    }

    private Worker worker(EventLoop loop) {
        Worker worker = workers.get();
        if (worker == null) {
            worker = new Worker(loop, ticker, random.get());
            workers.set(worker);
        }
        return worker;
    }
}
