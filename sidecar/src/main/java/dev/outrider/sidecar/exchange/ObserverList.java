package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several observers, in order; what one of them throws hurts nobody else. */
record ObserverList(ExchangeObserver[] observers) implements ExchangeObserver {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeObserver.class);

    @Override
    public void started(Exchange exchange) {
        for (ExchangeObserver observer : observers) {
            try {
                observer.started(exchange);
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
    }

    @Override
    public void attemptStarted(
            Exchange exchange, int number, String endpoint, RequestHead outgoing) {
        for (ExchangeObserver observer : observers) {
            try {
                observer.attemptStarted(exchange, number, endpoint, outgoing);
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
    }

    @Override
    public void attemptFinished(Exchange exchange, AttemptResult result) {
        for (ExchangeObserver observer : observers) {
            try {
                observer.attemptFinished(exchange, result);
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
    }

    @Override
    public void retrySkipped(Exchange exchange, String reason) {
        for (ExchangeObserver observer : observers) {
            try {
                observer.retrySkipped(exchange, reason);
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
    }

    @Override
    public void finished(Exchange exchange) {
        for (ExchangeObserver observer : observers) {
            try {
                observer.finished(exchange);
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
    }

    private static void failed(ExchangeObserver observer, RuntimeException error) {
        LOG.error("{} failed: a bug, please report it", observer, error);
    }
}
