package dev.outrider.sidecar;

import dev.outrider.sidecar.exchange.Direction;

/** A port that may be open; the app's own comes first, since it may be calling already. */
enum Gate {
    OUTBOUND(Direction.OUTBOUND),
    INBOUND(Direction.INBOUND),
    EDGE(Direction.EDGE),
    /** Clients from outside in plain text. */
    EDGE_PLAIN(Direction.EDGE);

    private final Direction direction;

    Gate(Direction direction) {
        this.direction = direction;
    }

    Direction direction() {
        return direction;
    }
}
