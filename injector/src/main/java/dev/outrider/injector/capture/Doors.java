package dev.outrider.injector.capture;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The proxy's two ports of one family, held by the probe while no proxy holds them. Confined to one
 * thread.
 */
record Doors(Optional<CapturePort> outbound, Optional<CapturePort> inbound)
        implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    static Doors open(CapturePlan plan, Family family) throws IOException {
        Optional<CapturePort> outbound = CapturePort.listen(family, plan.outboundPort());
        try {
            return new Doors(outbound, CapturePort.listen(family, plan.inboundPort()));
        } catch (IOException e) {
            close(outbound);
            throw e;
        }
    }

    /** Opens the connection and looks whether it comes out at the door. */
    static Sight look(Optional<CapturePort> door, Dial dial) throws Exception {
        return switch (dial.connect()) {
            case Dial.Refused(String why) -> new Sight.NotConnected(why);
            case Dial.Connected(int localPort) -> {
                if (door.isEmpty()) {
                    yield new Sight.Hidden();
                }
                yield await(door.get(), localPort);
            }
        };
    }

    private static Sight await(CapturePort door, int localPort) throws IOException {
        // A redirected connection was in the queue before connect() returned. Others' connections
        // may be, too; they are not many, since nothing else runs yet.
        for (Optional<CapturePort.Arrival> next = door.accept(PATIENCE);
                next.isPresent();
                next = door.accept(PATIENCE)) {
            if (next.get().peer().getPort() == localPort) {
                return new Sight.Arrived(next.get().originalDestination());
            }
        }
        return new Sight.Elsewhere();
    }

    @Override
    public void close() throws IOException {
        try {
            close(inbound);
        } finally {
            close(outbound);
        }
    }

    private static void close(Optional<CapturePort> port) throws IOException {
        if (port.isPresent()) {
            port.get().close();
        }
    }
}
