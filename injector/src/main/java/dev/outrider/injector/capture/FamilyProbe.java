package dev.outrider.injector.capture;

import dev.outrider.injector.capture.Finding.Failed;
import dev.outrider.injector.capture.Finding.Passed;
import dev.outrider.injector.capture.Finding.Skipped;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * The steps for one IP family. Each opens a connection and says where it came out. Blocks; every
 * wait is bounded.
 */
record FamilyProbe(CapturePlan plan, Doors doors) {
    /** A redirected connection is answered by this machine itself, so this is plenty. */
    private static final Duration ANSWER = Duration.ofSeconds(3);

    /** For a connection that is meant to leave, to an address where nobody answers. */
    private static final Duration NO_ANSWER = Duration.ofMillis(700);

    /** Must come out at the outbound port. */
    Finding captured(InetSocketAddress target, Optional<Identity> as) throws Exception {
        return redirected(target, as, doors.outbound(), plan.outboundPort());
    }

    /** Must come out at the inbound port. */
    Finding inward(InetSocketAddress target, Optional<Identity> as) throws Exception {
        return redirected(target, as, doors.inbound(), plan.inboundPort());
    }

    private static Finding redirected(
            InetSocketAddress target, Optional<Identity> as, Optional<CapturePort> door, int port)
            throws Exception {
        Sight sight = Doors.look(door, new Dial(target, as, Optional.empty(), ANSWER));
        return switch (sight) {
            case Sight.Arrived(InetSocketAddress original) when original.equals(target) ->
                    new Passed("arrived at port " + port + " with its destination kept");
            case Sight.Arrived(InetSocketAddress original) ->
                    new Failed(
                            "arrived at port %d, but the kernel says it was going to %s"
                                    .formatted(port, Dial.text(original)));
            case Sight.Elsewhere() ->
                    new Failed("somebody answered, but not at port " + port + ": not redirected");
            case Sight.Hidden() ->
                    new Passed(
                            "answered, so redirected; port "
                                    + port
                                    + " is another program's (a running proxy?), so the destination"
                                    + " it sees could not be read");
            case Sight.NotConnected(String why) ->
                    new Failed("did not arrive at port " + port + ": " + why);
        };
    }

    /** Must not come out at the outbound port, whether or not somebody answers. */
    Finding leftAlone(InetSocketAddress target, Optional<Identity> as) throws Exception {
        Dial dial = new Dial(target, as, Optional.empty(), NO_ANSWER);
        return switch (Doors.look(doors.outbound(), dial)) {
            case Sight.Arrived _ ->
                    new Failed("was redirected to port " + plan.outboundPort() + " all the same");
            case Sight.Elsewhere() -> new Passed("left alone");
            case Sight.NotConnected _ -> new Passed("left alone; nobody answered, as expected");
            case Sight.Hidden() ->
                    new Skipped(
                            "somebody answered; port "
                                    + plan.outboundPort()
                                    + " is another program's, so it cannot be seen who");
        };
    }

    /** Must reach a server on this machine itself, at neither of the proxy's ports. */
    Finding direct(InetAddress address, Optional<Identity> as, Optional<InetAddress> from)
            throws Exception {
        try (ServerSocket server = new ServerSocket(0, 4, address)) {
            server.setSoTimeout((int) NO_ANSWER.toMillis());
            InetSocketAddress target = new InetSocketAddress(address, server.getLocalPort());
            return switch (new Dial(target, as, from, ANSWER).connect()) {
                case Dial.Refused(String why) -> new Failed("did not reach its target: " + why);
                case Dial.Connected(int port) ->
                        arrives(server, port)
                                ? new Passed("reached its target directly")
                                : new Failed("was redirected, and should not have been");
            };
        }
    }

    private static boolean arrives(ServerSocket server, int localPort) throws IOException {
        try (Socket accepted = server.accept()) {
            return accepted.getPort() == localPort;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
