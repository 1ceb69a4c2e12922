package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.RequestHead;
import java.util.List;

/** Watches exchanges. Called on the exchange's loop; must neither block nor throw. */
public interface ExchangeObserver {
    /** The head has arrived and no filter has seen it. */
    default void started(Exchange exchange) {}

    /**
     * An attempt begins: {@code outgoing} is the head it will send, on which an observer may set
     * what the next hop must know, such as trace headers. A further attempt may send the same one.
     */
    default void attemptStarted(
            Exchange exchange, int number, String endpoint, RequestHead outgoing) {}

    /** The attempt is over; it is the last of {@link Exchange#attempts}. */
    default void attemptFinished(Exchange exchange, AttemptResult result) {}

    /** A retry was wanted and not made; {@code reason} is a stable word. */
    default void retrySkipped(Exchange exchange, String reason) {}

    /** The exchange is over, exactly once: response written, or failed, or client gone. */
    default void finished(Exchange exchange) {}

    /** One that tells several, in order. */
    static ExchangeObserver all(List<ExchangeObserver> observers) {
        return new ObserverList(observers.toArray(new ExchangeObserver[0]));
    }
}
