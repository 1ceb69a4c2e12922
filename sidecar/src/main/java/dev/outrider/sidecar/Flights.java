package dev.outrider.sidecar;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.exchange.TcpObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the exchanges and relayed connections under one configuration, so that nothing is closed
 * beneath one. Any thread.
 */
final class Flights implements ExchangeObserver, TcpObserver {
    private final Map<Direction, Counts> counts = new EnumMap<>(Direction.class);

    private record Counts(
            LongAdder begun, LongAdder ended, LongAdder opened, LongAdder moves, LongAdder over) {
        Counts() {
            this(
                    new LongAdder(),
                    new LongAdder(),
                    new LongAdder(),
                    new LongAdder(),
                    new LongAdder());
        }
    }

    Flights() {
        for (Direction each : Direction.values()) {
            counts.put(each, new Counts());
        }
    }

    private Counts of(Direction direction) {
        return Objects.requireNonNull(counts.get(direction));
    }

    @Override
    public void started(Exchange exchange) {
        of(exchange.direction()).begun.increment();
    }

    @Override
    public void finished(Exchange exchange) {
        of(exchange.direction()).ended.increment();
    }

    @Override
    public void opened(TcpFlow flow) {
        of(flow.connection().direction()).opened.increment();
    }

    @Override
    public void moved(TcpFlow flow, long received, long sent) {
        of(flow.connection().direction()).moves.increment();
    }

    @Override
    public void finished(TcpFlow flow) {
        of(flow.connection().direction()).over.increment();
    }

    /** Grows with each exchange, and each time a relayed connection is opened or moves bytes. */
    long stirred(Direction direction) {
        Counts of = of(direction);
        return of.begun.sum() + of.opened.sum() + of.moves.sum();
    }

    /** Exchanges; never fewer than there are: what has ended is read first. */
    long underWay(Direction direction) {
        Counts of = of(direction);
        long ended = of.ended.sum();
        return of.begun.sum() - ended;
    }

    /** Relayed connections, busy or not; never fewer than there are. */
    long relayed(Direction direction) {
        Counts of = of(direction);
        long over = of.over.sum();
        return of.opened.sum() - over;
    }

    /** Whether none is left of either kind. */
    boolean over() {
        for (Direction each : Direction.values()) {
            if (underWay(each) > 0 || relayed(each) > 0) {
                return false;
            }
        }
        return true;
    }
}
