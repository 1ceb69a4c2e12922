package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.RequestHead;

/** Tells several observers, in order. */
record ObserverList(ExchangeObserver[] observers) implements ExchangeObserver {
    @Override
    public void started(Exchange exchange) {
        for (ExchangeObserver observer : observers) {
            observer.started(exchange);
        }
    }

    @Override
    public void attemptStarted(
            Exchange exchange, int number, String endpoint, RequestHead outgoing) {
        for (ExchangeObserver observer : observers) {
            observer.attemptStarted(exchange, number, endpoint, outgoing);
        }
    }

    @Override
    public void attemptFinished(Exchange exchange, AttemptResult result) {
        for (ExchangeObserver observer : observers) {
            observer.attemptFinished(exchange, result);
        }
    }

    @Override
    public void retrySkipped(Exchange exchange, String reason) {
        for (ExchangeObserver observer : observers) {
            observer.retrySkipped(exchange, reason);
        }
    }

    @Override
    public void finished(Exchange exchange) {
        for (ExchangeObserver observer : observers) {
            observer.finished(exchange);
        }
    }
}
