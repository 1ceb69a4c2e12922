package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that send what costs them nothing, for as long as they may. */
class FloodIT {
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int MOST = 20_000;

    enum Flood {
        RAPID_RESET,
        PING,
        SETTINGS,
        PRIORITY,
        WINDOW_UPDATE,
        EMPTY_DATA,
        CONTINUATION,
        FAULTY_STREAMS,
        UNKNOWN_FRAMES
    }

    private static void send(RawH2 client, Flood flood, int i) throws IOException {
        switch (flood) {
            case RAPID_RESET -> {
                client.request(1 + 2 * i, true, "GET");
                client.frame(RawH2.RST, 0, 1 + 2 * i, RawH2.number(8));
            }
            case PING -> client.frame(RawH2.PING, 0, 0, new byte[8]);
            case SETTINGS -> client.frame(RawH2.SETTINGS, 0, 0);
            case PRIORITY -> client.frame(RawH2.PRIORITY, 0, 1 + 2 * i, new byte[5]);
            case WINDOW_UPDATE -> client.frame(RawH2.WINDOW_UPDATE, 0, 0, RawH2.number(1));
            case EMPTY_DATA -> {
                if (i == 0) {
                    client.request(1, false, "POST");
                }
                client.frame(RawH2.DATA, 0, 1);
            }
            case CONTINUATION -> {
                if (i == 0) {
                    client.frame(RawH2.HEADERS, 0, 1, RawH2.block(":method", "GET"));
                }
                client.frame(RawH2.CONTINUATION, 0, 1);
            }
            case FAULTY_STREAMS -> client.request(1 + 2 * i, true, "GET", "Upper", "case");
            case UNKNOWN_FRAMES -> client.frame(200, 0, 0, new byte[1]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodEndsTheConnection(Flood flood) throws Exception {
        Thread sender;
        try (ServerRig server = new ServerRig(new HeldHandler(), H2Limits.DEFAULTS)) {
            try (RawH2 client = RawH2.client(server.port())) {
                sender = Thread.startVirtualThread(() -> flood(client, flood));
                assertThat(client.await(RawH2.GOAWAY).number(4)).isEqualTo(ENHANCE_YOUR_CALM);
            }
            sender.join();
        }
    }

    private static void flood(RawH2 client, Flood flood) {
        try {
            for (int i = 0; i < MOST; i++) {
                send(client, flood, i);
                if (i % 50 == 0) {
                    client.flush();
                }
            }
            client.flush();
        } catch (SocketException e) {
            // The server has closed the connection, as it should.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aBusyClientMayCancelALot() throws Exception {
        try (ServerRig server = new ServerRig(new EchoHandler(), H2Limits.DEFAULTS);
                RawH2 client = RawH2.client(server.port())) {
            for (int i = 0; i < 1_000; i++) {
                int id = 1 + 2 * i;
                boolean cancel = i % 3 == 0;
                client.request(id, !cancel, cancel ? "POST" : "GET");
                if (cancel) {
                    client.frame(RawH2.RST, 0, id, RawH2.number(8));
                    client.flush();
                } else {
                    while (!client.await(RawH2.DATA).last()) {}
                }
            }
        }
    }
}
