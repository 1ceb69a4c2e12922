package dev.outrider.sidecar.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.transport.AddressRange;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The way of a plain connection, on real sockets. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class AcceptIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Security PLAIN = new Security.Plain();

    private AcceptRig rig;

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void servesHttpAndRelaysAllElseOnOnePort() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.LONG, PLAIN);
        try (Socket http = rig.connect();
                Socket redis = rig.connect();
                Socket tls = rig.connect()) {
            assertThat(say(http, GET, 12)).isEqualTo("HTTP/1.1 204");
            assertThat(say(redis, "*1\r\n$4\r\nPING\r\n", 14)).endsWith("PING\r\n");
            assertThat(rig.relayed().serverName()).isNull();
            byte[] hello = ClientHelloTest.hello("billing.example", "h2");
            assertThat(say(tls, new String(hello, ISO_8859_1), hello.length))
                    .isEqualTo(new String(hello, ISO_8859_1));
            assertThat(rig.relayed().serverName()).isEqualTo("billing.example");
        }
        assertThat(rig.listener.detections(Detected.HTTP1)).isEqualTo(1);
        assertThat(rig.listener.detections(Detected.TCP)).isEqualTo(1);
        assertThat(rig.listener.detections(Detected.TLS)).isEqualTo(1);
    }

    @Test
    void judgesBytesThatComeOneByOne() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.LONG, PLAIN);
        try (Socket http = rig.connect();
                Socket tls = rig.connect()) {
            for (char each : GET.toCharArray()) {
                write(http, String.valueOf(each));
            }
            assertThat(say(http, "", 12)).isEqualTo("HTTP/1.1 204");
            for (byte each : ClientHelloTest.hello("billing.example")) {
                tls.getOutputStream().write(each);
            }
            assertThat(rig.relayed().serverName()).isEqualTo("billing.example");
        }
    }

    @Test
    void takesAPortThatIsSaidToBeHttpForNothingElse() throws Exception {
        rig = new AcceptRig(AppProtocol.HTTP, AcceptRig.BRIEF, PLAIN);
        try (Socket socket = rig.connect()) {
            assertThat(say(socket, "PING\r\n\r\n", 12)).isEqualTo("HTTP/1.1 400");
        }
    }

    @Test
    void remembersWhoseServerSpeaksFirstUntilAClientDoes() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.BRIEF, PLAIN);
        rig.greeting = "220 hello";
        try (Socket first = rig.connect();
                Socket second = rig.connect()) {
            // Neither has said a word; both wait, as nothing is known yet or just became so.
            assertThat(say(first, "", 9)).isEqualTo("220 hello");
            assertThat(say(second, "", 9)).isEqualTo("220 hello");
        }
        try (Socket third = rig.connect()) {
            assertThat(say(third, "", 9)).isEqualTo("220 hello");
        }
        assertThat(rig.listener.detections(Detected.SERVER_FIRST)).isPositive();
        rig.greeting = null;
        try (Socket fourth = rig.connect()) {
            assertThat(say(fourth, GET, GET.length())).isEqualTo(GET);
        }
        await().until(this::nextIsHttp);
    }

    @Test
    void learnsNothingFromAClientThatIsSlowToSpeak() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.BRIEF, PLAIN);
        try (Socket slow = rig.connect()) {
            rig.relayed();
            assertThat(say(slow, "late", 4)).isEqualTo("late");
        }
        assertThat(rig.listener.detections(Detected.SILENT)).isEqualTo(1);
        await().until(this::nextIsHttp);
    }

    @Test
    void relaysWhatAClientSaidBeforeItEndedItsSide() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.LONG, PLAIN);
        try (Socket socket = rig.connect()) {
            write(socket, "ab");
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .isEqualTo("ab");
        }
    }

    @Test
    void turnsAwayWhoWasNotCapturedWhereAllMustBe() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.LONG, PLAIN, Capture.ALL, List.of());
        try (Socket socket = rig.connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(rig.listener.turnedAway(TurnedAway.Reason.NOT_CAPTURED)).isEqualTo(1);
    }

    @Test
    void takesUncapturedConnectionsFromLoopbackWhereTheyMayCome() throws Exception {
        rig =
                new AcceptRig(
                        AppProtocol.HTTP, AcceptRig.LONG, PLAIN, Capture.OR_LOOPBACK, List.of());
        try (Socket socket = rig.connect()) {
            assertThat(say(socket, GET, 12)).isEqualTo("HTTP/1.1 204");
        }
    }

    @Test
    void believesABalancerWhereTheClientIs() throws Exception {
        startBehindBalancer("127.0.0.0/8");
        try (Socket socket = rig.connect()) {
            for (char each : "PROXY TCP4 192.0.2.7 10.0.0.1 5632 443\r\n".toCharArray()) {
                write(socket, String.valueOf(each));
            }
            assertThat(say(socket, GET, 12)).isEqualTo("HTTP/1.1 204");
            assertThat(rig.caller().address().getAddress().getHostAddress()).isEqualTo("192.0.2.7");
        }
        try (Socket socket = rig.connect()) {
            assertThat(say(socket, "PROXY UNKNOWN\r\n" + GET, 12)).isEqualTo("HTTP/1.1 204");
            assertThat(rig.caller().address().getPort()).isEqualTo(socket.getLocalPort());
        }
    }

    @Test
    void turnsABalancerAwayThatSendsNoHeader() throws Exception {
        startBehindBalancer("127.0.0.0/8");
        try (Socket socket = rig.connect()) {
            write(socket, GET);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (IOException reset) {
            // What it sent was not read: that may end in a reset as well.
        }
        assertThat(rig.listener.turnedAway(TurnedAway.Reason.PROXY_HEADER)).isEqualTo(1);
    }

    @Test
    void believesNobodyElse() throws Exception {
        startBehindBalancer("10.0.0.0/8");
        try (Socket socket = rig.connect()) {
            String answer = say(socket, "PROXY TCP4 192.0.2.7 10.0.0.1 5632 443\r\n\r\n", 12);
            assertThat(answer).isEmpty();
        }
        assertThat(rig.listener.turnedAway(TurnedAway.Reason.NO_HTTP)).isEqualTo(1);
    }

    @Test
    void drainsRelayedConnectionsByCountingThem() throws Exception {
        rig = new AcceptRig(AppProtocol.AUTO, AcceptRig.LONG, PLAIN);
        try (Socket relayed = rig.connect();
                Socket silent = rig.connect()) {
            assertThat(say(relayed, "\0", 1)).isEqualTo("\0");
            await().until(() -> rig.listener.connections() == 2);
            rig.listener.drain();
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            await().until(() -> rig.listener.connections() == 1);
            assertThat(say(relayed, "on", 2)).isEqualTo("on");
            rig.listener.cut();
            assertThat(relayed.getInputStream().read()).isEqualTo(-1);
            await().until(() -> rig.listener.connections() == 0);
        }
    }

    /** A client may be too slow for the brief time here, but then teaches nothing either. */
    private boolean nextIsHttp() throws IOException {
        try (Socket next = rig.connect()) {
            return say(next, GET, 12).equals("HTTP/1.1 204");
        }
    }

    private void startBehindBalancer(String range) throws IOException {
        rig =
                new AcceptRig(
                        AppProtocol.HTTP,
                        AcceptRig.LONG,
                        PLAIN,
                        Capture.NONE,
                        List.of(AddressRange.parse(range)));
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String say(Socket socket, String text, int answer) throws IOException {
        write(socket, text);
        return new String(socket.getInputStream().readNBytes(answer), ISO_8859_1);
    }
}
