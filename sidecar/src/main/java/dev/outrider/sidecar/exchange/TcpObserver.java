package dev.outrider.sidecar.exchange;

import java.util.List;

/** Watches relayed connections, on their event loops. */
public interface TcpObserver {
    /** A client has connected and the destination is known, or known to be none. */
    default void opened(TcpFlow flow) {}

    /** So many bytes came from the client and for the client since it was told last. */
    default void moved(TcpFlow flow, long received, long sent) {}

    /** It is over, well or not; exactly once for each that was opened. */
    default void finished(TcpFlow flow) {}

    static TcpObserver all(List<? extends TcpObserver> observers) {
        return new TcpObserverList(observers.toArray(new TcpObserver[0]));
    }
}
