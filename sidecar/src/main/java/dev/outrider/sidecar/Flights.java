package dev.outrider.sidecar;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import java.util.concurrent.atomic.LongAdder;

/** Counts the exchanges under one configuration, so that nothing is closed beneath one. */
final class Flights implements ExchangeObserver {
    private final LongAdder[] begun = new LongAdder[Direction.values().length];
    private final LongAdder[] ended = new LongAdder[Direction.values().length];

    Flights() {
        for (int i = 0; i < begun.length; i++) {
            begun[i] = new LongAdder();
            ended[i] = new LongAdder();
        }
    }

    @Override
    public void started(Exchange exchange) {
        begun[exchange.direction().ordinal()].increment();
    }

    @Override
    public void finished(Exchange exchange) {
        ended[exchange.direction().ordinal()].increment();
    }

    long begun(Direction direction) {
        return begun[direction.ordinal()].sum();
    }

    /** Never fewer than there are: what has ended is read first. */
    long underWay(Direction direction) {
        long over = ended[direction.ordinal()].sum();
        return begun(direction) - over;
    }

    long underWay() {
        long sum = 0;
        for (Direction each : Direction.values()) {
            sum += underWay(each);
        }
        return sum;
    }
}
