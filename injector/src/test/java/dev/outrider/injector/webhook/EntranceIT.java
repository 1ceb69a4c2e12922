package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real connections from several addresses of loopback, before a server that echoes. */
final class EntranceIT {
    private static final String ONE = "127.0.0.2";
    private static final String OTHER = "127.0.0.3";
    private static final int PATIENT_MILLIS = 60_000;

    private final List<Socket> open = new ArrayList<>();
    private ServerSocket server;
    private Entrance entrance;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = new ServerSocket(0, 64, any.getAddress());
        Thread.startVirtualThread(this::serve);
        entrance =
                Entrance.open(
                        new InetSocketAddress("127.0.0.1", 0),
                        64,
                        (InetSocketAddress) server.getLocalSocketAddress(),
                        new Entrance.Limits(6, 4, Duration.ofMinutes(5)));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        entrance.close();
        server.close();
    }

    @Test
    void oneAddressHasItsShareAndWhatWasQuietForLongestGivesWay() throws IOException {
        List<Socket> first = connect(ONE, 4);
        // All but the second have spoken since the first round.
        for (int at : new int[] {0, 2, 3}) {
            echo(first.get(at));
        }
        Socket fifth = connect(ONE, 1).getFirst();

        assertThat(first.get(1).getInputStream().read()).as("ended").isEqualTo(-1);
        echo(fifth);
        echo(first.get(0));
        echo(connect(OTHER, 1).getFirst());
    }

    @Test
    void whenAllPlacesAreTakenTheAddressThatHasMostGivesOne() throws IOException {
        List<Socket> many = connect(ONE, 4);
        List<Socket> few = connect(OTHER, 2);
        Socket newcomer = connect("127.0.0.4", 1).getFirst();

        assertThat(many.getFirst().getInputStream().read()).as("ended").isEqualTo(-1);
        echo(newcomer);
        for (Socket socket : few) {
            echo(socket);
        }
    }

    @Test
    void anEndOfWhatIsSentIsHandedOnAndTheAnswerStillComes() throws IOException {
        Socket socket = connect(ONE, 1).getFirst();
        byte[] large = "x".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        Thread.startVirtualThread(() -> {
            try {
                socket.getOutputStream().write(large);
                socket.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(large);
    }

    @Test
    void whoIsShutTakesNobodyElseAndKeepsThoseWhoAreThere() throws IOException {
        Socket socket = connect(ONE, 1).getFirst();
        entrance.shut();
        echo(socket);
        try (Socket late = new Socket()) {
            assertThat(catchThrowable(() -> late.connect(entrance.address(), PATIENT_MILLIS)))
                    .isInstanceOf(IOException.class);
        }
        entrance.close();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    /** Each has been served once, so that they are there in this order. */
    private List<Socket> connect(String from, int count) throws IOException {
        List<Socket> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(entrance.address(), PATIENT_MILLIS);
            socket.setSoTimeout(PATIENT_MILLIS);
            echo(socket);
            made.add(socket);
        }
        open.addAll(made);
        return made;
    }

    private static void echo(Socket socket) throws IOException {
        socket.getOutputStream().write('a');
        assertThat(socket.getInputStream().read()).isEqualTo('a');
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException e) {
                        // The other side ended it, which is what is tested.
                    }
                });
            } catch (IOException e) {
                return; // closed
            }
        }
    }
}
