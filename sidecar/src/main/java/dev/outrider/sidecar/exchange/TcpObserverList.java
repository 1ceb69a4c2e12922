package dev.outrider.sidecar.exchange;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several observers, in order; what one of them throws hurts nobody else. */
record TcpObserverList(TcpObserver[] observers) implements TcpObserver {
    private static final Logger LOG = LoggerFactory.getLogger(TcpObserver.class);

    @Override
    public void opened(TcpFlow flow) {
        each(observer -> observer.opened(flow));
    }

    @Override
    public void moved(TcpFlow flow, long received, long sent) {
        each(observer -> observer.moved(flow, received, sent));
    }

    @Override
    public void finished(TcpFlow flow) {
        each(observer -> observer.finished(flow));
    }

    private void each(Consumer<TcpObserver> tell) {
        for (TcpObserver observer : observers) {
            try {
                tell.accept(observer);
            } catch (RuntimeException e) {
                LOG.error("{} failed: a bug, please report it", observer, e);
            }
        }
    }
}
