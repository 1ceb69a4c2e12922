package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.aside.Readiness;
import dev.outrider.sidecar.tls.WebPki;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pod port between a kubelet and apps of every kind. */
@SuppressWarnings("NullAway.Init") // set before each test
class PodPortIT {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private static final Duration SHORT = Duration.ofMillis(300);

    private PodRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new PodRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    // ---- the sidecar's own

    @Test
    void tellsTheSidecarsHealth() throws Exception {
        assertThat(rig.ask("/live")).isEqualTo("200 live");
        assertThat(rig.ask("/ready")).startsWith("503 ").contains("none yet");
        rig.readiness.set(new Readiness(List.of(new Readiness.Check("identity", true, "valid"))));
        assertThat(rig.ask("/ready")).startsWith("200 ").contains("\"ready\" : true");
        assertThat(rig.send("HEAD", "/ready")).isEqualTo("200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/config_dump",
                "/quitquitquit",
                "/probe",
                "/probe/",
                "/probe/app",
                "/probe/app/liveness/",
                "/probe/app/liveness/../../ready",
                "/probe/other/liveness",
                "/probe/app%2Fliveness",
                "/ready/x"
            })
    void nothingElseCanBeHad(String path) throws Exception {
        try (RawApp app = RawApp.answering(OK)) {
            rig.probe("app/liveness", PodRig.http(app.port(), "/healthz"));
            assertThat(rig.ask(path)).startsWith("404 ");
            assertThat(rig.send("POST", "/probe/app/liveness")).startsWith("405 ");
            assertThat(rig.send("POST", "/ready")).startsWith("405 ");
            assertThat(app.heads).isEmpty();
        }
    }

    // ---- http

    @Test
    void sendsWhatTheKubeletWould() throws Exception {
        try (RawApp app = RawApp.answering(OK)) {
            rig.probe("app/liveness", PodRig.http(app.port(), "healthz?a=b c&d=ü#x"));
            assertThat(rig.ask("/probe/app/liveness?x=/other", "User-Agent: kube-probe/1.33"))
                    .isEqualTo("200 status 200");
            assertThat(app.heads)
                    .containsExactly(
                            "GET /healthz?a=b%20c&d=%C3%BC HTTP/1.1\r\nHost: 127.0.0.1:"
                                    + app.port()
                                    + "\r\nUser-Agent: kube-probe/1.33\r\nAccept: */*\r\n"
                                    + "Connection: close\r\n\r\n");
        }
    }

    @Test
    void configuredFieldsWinOverTheUsualOnesAndNothingOfTheRequestIsHandedOn() throws Exception {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Host", List.of("shop.example"));
        headers.put("X-A", List.of("1", "2"));
        headers.put("user-agent", List.of("mine"));
        headers.put("accept", List.of("text/x"));
        try (RawApp app = RawApp.answering(OK)) {
            rig.probe(
                    "app/readiness",
                    PodRig.http(
                            new HttpProbeConfig(
                                    app.port(), "/", null, HttpProbeConfig.Scheme.HTTP, headers),
                            PodRig.PATIENT));
            assertThat(rig.ask("/probe/app/readiness", "X-B: b", "User-Agent: curl/8"))
                    .isEqualTo("200 status 200");
            assertThat(app.heads)
                    .containsExactly(
                            "GET / HTTP/1.1\r\nHost: shop.example\r\nX-A: 1\r\nX-A: 2\r\n"
                                    + "user-agent: mine\r\naccept: text/x\r\n"
                                    + "Connection: close\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK|200 status 200",
                "HTTP/1.0 204|200 status 204",
                "HTTP/1.1 100 Continue^^HTTP/1.1 200 OK|200 status 200",
                "HTTP/1.1 399 What|200 status 399, a redirect that is not followed",
                "HTTP/1.1 302 Found^location: http://elsewhere.example/|"
                        + "200 status 302, a redirect that is not followed",
                "HTTP/1.1 301 Moved|200 status 301, a redirect that is not followed",
                "HTTP/1.1 302 Found^location: ftp://127.0.0.1/|"
                        + "503 a redirect to 'ftp://127.0.0.1/', which is no address",
                "HTTP/1.1 302 Found^location: http://127.0.0.1:99999/|"
                        + "503 a redirect to 'http://127.0.0.1:99999/', which is no address",
                "HTTP/1.1 302 Found^location: http://127.0.0.1:80:/|"
                        + "503 a redirect to 'http://127.0.0.1:80:/', which is no address",
                "HTTP/1.1 302 Found^location: http://a@[::1]:/|"
                        + "200 status 302, a redirect that is not followed",
                "HTTP/1.1 400 Bad|503 status 400:",
                "HTTP/1.1 500 No^content-length: 12^^it is\tbroken|503 status 500: it is broken",
                "HTTP/1.1 199 Odd|503 the connection ended in the middle of the answer",
                "HTTP/1.1 200 OK^content-length: 50^^abc|"
                        + "503 the connection ended in the middle of the answer",
                "HTTP/1.1 200 OK^transfer-encoding: chunked^^3^abc^0^^|200 status 200",
                "HTTP/1.1 200 OK^transfer-encoding: chunked^^x^abc|"
                        + "503 a chunk of the answer has no size",
                "SSH-2.0-OpenSSH_9|503 the answer is not HTTP/1",
                "HTTP/2 200|503 the answer is not HTTP/1",
                "HTTP/1.1 200 OK^oops|503 a field of the answer is malformed",
            })
    void judgesAnAnswerAsTheKubeletDoes(String answer, String told) throws Exception {
        try (RawApp app = RawApp.answering(answer.replace("^", "\r\n") + "\r\n\r\n")) {
            rig.probe("app/startup", PodRig.http(app.port(), "/"));
            assertThat(rig.ask("/probe/app/startup")).isEqualTo(told);
        }
    }

    @Test
    void readsNoMoreThanTheKubelet() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        RawApp.Script endless =
                socket -> {
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    try {
                        while (true) {
                            out.write(new byte[8192]);
                        }
                    } finally {
                        closed.countDown();
                    }
                };
        try (RawApp app = new RawApp(endless)) {
            rig.probe("app/liveness", PodRig.http(app.port(), "/"));
            assertThat(rig.ask("/probe/app/liveness")).isEqualTo("200 status 200");
            assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void followsRedirectsOnTheSameHostAcrossPorts() throws Exception {
        try (RawApp last = RawApp.answering(OK);
                RawApp second = RawApp.answering("HTTP/1.1 307 T\r\nLocation: /c?x=[1]\r\n\r\n");
                RawApp first =
                        RawApp.answering(
                                "HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:"
                                        + last.port()
                                        + "/b%2F\r\n\r\n")) {
            rig.probe("app/liveness", PodRig.http(first.port(), "/a"));
            assertThat(rig.ask("/probe/app/liveness")).isEqualTo("200 status 200");
            assertThat(last.heads.getFirst())
                    .startsWith("GET /b%2F HTTP/1.1\r\nHost: 127.0.0.1:" + last.port());
            rig.probe("app/liveness", PodRig.http(second.port(), "/x/y"));
            assertThat(rig.ask("/probe/app/liveness")).isEqualTo("503 more than 10 redirects");
            assertThat(second.heads).hasSize(10);
            assertThat(second.heads.getLast()).startsWith("GET /c?x=[1] HTTP/1.1\r\n");
        }
    }

    @Test
    void aHostOfItsOwnIsKeptForALocationWithoutOne() throws Exception {
        try (RawApp app = RawApp.answering("HTTP/1.1 302 F\r\nLocation: next\r\n\r\n")) {
            rig.probe(
                    "app/liveness",
                    PodRig.http(
                            new HttpProbeConfig(
                                    app.port(),
                                    "/a/b",
                                    "other.example:1",
                                    HttpProbeConfig.Scheme.HTTP,
                                    Map.of("Host", List.of("unused.example"))),
                            PodRig.PATIENT));
            assertThat(rig.ask("/probe/app/liveness")).isEqualTo("503 more than 10 redirects");
            assertThat(app.heads).allMatch(it -> it.contains("\r\nHost: other.example:1\r\n"));
            assertThat(app.heads.getLast()).startsWith("GET /a/next ");
        }
    }

    /** As with the kubelet: it is called by its address, whatever Host says. */
    @Test
    void theSameHostIsTheAddressAndNotTheHostField() throws Exception {
        try (RawApp app =
                RawApp.answering("HTTP/1.1 302 F\r\nLocation: http://shop.example/\r\n\r\n")) {
            rig.probe(
                    "app/liveness",
                    PodRig.http(
                            new HttpProbeConfig(
                                    app.port(),
                                    "/",
                                    "shop.example",
                                    HttpProbeConfig.Scheme.HTTP,
                                    Map.of()),
                            PodRig.PATIENT));
            assertThat(rig.ask("/probe/app/liveness"))
                    .isEqualTo("200 status 302, a redirect that is not followed");
            assertThat(app.heads).hasSize(1);
        }
    }

    /** The port's own time is for a request to come and for an answer to go. */
    @Test
    void aProbeMayTakeLongerThanAConnectionElse() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        RawApp.Script slow =
                socket -> {
                    end.await();
                    socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                };
        try (RawApp app = new RawApp(slow);
                Socket idle = new Socket(rig.address().getAddress(), rig.port())) {
            rig.probe(
                    "app/prestop",
                    PodRig.http(
                            new HttpProbeConfig(
                                    app.port(), "/", null, HttpProbeConfig.Scheme.HTTP, Map.of()),
                            Duration.ofHours(1)));
            CompletableFuture<String> asked =
                    CompletableFuture.supplyAsync(this::prestop, Thread::startVirtualThread);
            await().atMost(PodRig.PATIENT).until(() -> app.heads.size() == 1);
            rig.now.addAndGet(Duration.ofMinutes(30).toNanos());
            idle.setSoTimeout(60_000);
            assertThat(idle.getInputStream().read()).as("closed at its deadline").isEqualTo(-1);
            end.countDown();
            assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo("200 status 200");
        }
    }

    /** Any pod reaches the port; the key is in the hook's address, where kubelets read it. */
    @Test
    void aHookIsCalledForWhoKnowsItsKeyAndIsNotThereForOthers() throws Exception {
        String key = "00112233445566778899aabbccddeeff";
        try (RawApp app = RawApp.answering(OK)) {
            rig.probe(
                    "app/prestop",
                    new ProbeConfig(
                            new HttpProbeConfig(
                                    app.port(), "/", null, HttpProbeConfig.Scheme.HTTP, Map.of()),
                            null,
                            null,
                            PodRig.PATIENT,
                            key,
                            false));
            String nothing = rig.ask("/probe/app/poststart");
            assertThat(nothing).startsWith("404 ");
            for (String wrong :
                    List.of(
                            "",
                            "?key=",
                            "?key=" + key.substring(1),
                            "?key=" + key + "0",
                            "?KEY=" + key,
                            "?x=" + key)) {
                assertThat(rig.ask("/probe/app/prestop" + wrong)).as(wrong).isEqualTo(nothing);
            }
            assertThat(app.heads).isEmpty();

            assertThat(rig.ask("/probe/app/prestop?key=" + key)).isEqualTo("200 status 200");
            assertThat(app.heads).hasSize(1);
            assertThat(app.heads.toString()).doesNotContain(key);
        }
    }

    /** Kubelets before 1.26 put another slash before a hook's address. */
    @Test
    void theStartOfAContainerIsNotedFromWhoKnowsTheKey() throws Exception {
        String key = "00112233445566778899aabbccddeeff";
        rig.probe("app/poststart", new ProbeConfig(null, null, null, PodRig.PATIENT, key, true));
        assertThat(rig.ask("/probe/app/poststart")).startsWith("404 ");
        assertThat(rig.started).isEmpty();

        assertThat(rig.ask("/probe/app/poststart?key=" + key)).isEqualTo("200 noted");
        assertThat(rig.ask("//probe/app/poststart?key=" + key)).isEqualTo("200 noted");
        assertThat(rig.started).containsExactly("app", "app");
        assertThatThrownBy(() -> new ProbeConfig(null, 80, null, PodRig.PATIENT, null, true))
                .hasMessageContaining("give one of");
    }

    @Test
    void aKeyThatCouldBeGuessedIsRefusedAndNoneIsShown() {
        assertThatThrownBy(() -> new ProbeConfig(null, 80, null, PodRig.PATIENT, "short", false))
                .hasMessageContaining("16 to 128");
        assertThat(
                        new ProbeConfig(null, 80, null, PodRig.PATIENT, "0123456789abcdef", false)
                                .toString())
                .contains("80")
                .doesNotContain("0123456789abcdef");
    }

    private String prestop() {
        try {
            return rig.ask("/probe/app/prestop");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aRedirectToTheProxyItselfIsNotFollowed() throws Exception {
        String location = "http://127.0.0.1:" + rig.port() + "/probe/app/liveness";
        try (RawApp app =
                RawApp.answering("HTTP/1.1 302 F\r\nLocation: " + location + "\r\n\r\n")) {
            rig.probe("app/liveness", PodRig.http(app.port(), "/"));
            assertThat(rig.ask("/probe/app/liveness"))
                    .isEqualTo("503 port " + rig.port() + " is the proxy's own");
        }
        rig.probe("app/liveness", PodRig.tcp(rig.port()));
        assertThat(rig.ask("/probe/app/liveness")).contains("is the proxy's own");
    }

    @Test
    void httpsIsNotVerified() throws Exception {
        WebPki unknown = new WebPki("nobody knows it");
        try (ServerSocket listener =
                        unknown.client(unknown.leaf("shop", "shop.example"), "TLS")
                                .getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RawApp app =
                        new RawApp(
                                listener,
                                socket ->
                                        socket.getOutputStream()
                                                .write(OK.getBytes(StandardCharsets.US_ASCII)));
                RawApp plain = RawApp.answering(OK)) {
            rig.probe("app/liveness", PodRig.http(https(app.port()), PodRig.PATIENT));
            assertThat(rig.ask("/probe/app/liveness")).isEqualTo("200 status 200");
            rig.probe("app/liveness", PodRig.http(https(plain.port()), SHORT));
            assertThat(rig.ask("/probe/app/liveness")).startsWith("503 ");
        }
    }

    private static HttpProbeConfig https(int port) {
        return new HttpProbeConfig(port, "/", null, HttpProbeConfig.Scheme.HTTPS, Map.of());
    }

    // ---- apps in trouble

    @Test
    void anAppThatHangsIsBadAtTheTimeout() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (RawApp silent = new RawApp(_ -> end.await());
                RawApp trickling = new RawApp(socket -> trickle(socket, end))) {
            for (RawApp app : List.of(silent, trickling)) {
                HttpProbeConfig http =
                        new HttpProbeConfig(
                                app.port(), "/", null, HttpProbeConfig.Scheme.HTTP, Map.of());
                rig.probe("app/liveness", PodRig.http(http, SHORT));
                assertThat(rig.ask("/probe/app/liveness")).isEqualTo("503 no answer within 300 ms");
            }
        } finally {
            end.countDown();
        }
    }

    /** Each read of it is answered in good time. */
    private static void trickle(Socket socket, CountDownLatch end) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write("HTTP/1.1 200 OK\r\nx: ".getBytes(StandardCharsets.US_ASCII));
        do {
            out.write('x');
        } while (!end.await(10, TimeUnit.MILLISECONDS));
    }

    /** A full backlog leaves connections unanswered. */
    @Test
    void anAppThatDoesNotAcceptIsBadAtTheTimeout() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            rig.probe(
                    "app/liveness",
                    new ProbeConfig(null, full.getLocalPort(), null, SHORT, null, false));
            assertThat(rig.ask("/probe/app/liveness")).isEqualTo("503 no answer within 300 ms");
            for (Socket each : waiting) {
                each.close();
            }
        }
    }

    @Test
    void anAppThatRefusesOrResetsIsBad() throws Exception {
        int port;
        try (RawApp app = new RawApp(socket -> socket.setSoLinger(true, 0))) {
            port = app.port();
            rig.probe("app/liveness", PodRig.http(port, "/"));
            assertThat(rig.ask("/probe/app/liveness")).startsWith("503 Connection reset");
        }
        rig.probe("app/readiness", PodRig.http(port, "/"));
        assertThat(rig.ask("/probe/app/readiness")).isEqualTo("503 connection refused");
    }

    // ---- tcp

    @Test
    void tcpIsGoodWhenItConnects() throws Exception {
        int port;
        try (ServerSocket app = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = app.getLocalPort();
            rig.probe("db/readiness", PodRig.tcp(port));
            assertThat(rig.ask("/probe/db/readiness")).isEqualTo("200 connected");
        }
        rig.now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(rig.ask("/probe/db/readiness")).isEqualTo("503 connection refused");
    }

    // ---- many at once

    @Test
    void aFloodOfRequestsIsNoneOfCalls() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        RawApp.Script slow =
                socket -> {
                    answer.await();
                    socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                };
        try (RawApp app = new RawApp(slow)) {
            rig.probe("app/liveness", PodRig.http(app.port(), "/"));
            List<CompletableFuture<String>> asked = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                asked.add(
                        CompletableFuture.supplyAsync(this::liveness, Thread::startVirtualThread));
            }
            await().atMost(PodRig.PATIENT).until(() -> app.heads.size() == 1);
            answer.countDown();
            for (CompletableFuture<String> each : asked) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo("200 status 200");
            }
            assertThat(app.heads).hasSize(1);
            assertThat(liveness()).isEqualTo("200 status 200");
            assertThat(app.heads).as("an outcome of just now").hasSize(1);
            rig.now.addAndGet(Duration.ofMillis(100).toNanos());
            assertThat(liveness()).isEqualTo("200 status 200");
            assertThat(app.heads).hasSize(2);
        }
    }

    private String liveness() {
        try {
            return rig.ask("/probe/app/liveness");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aChangedProbeIsNotAnsweredForTheOldOne() throws Exception {
        try (RawApp well = RawApp.answering(OK);
                RawApp ill = RawApp.answering("HTTP/1.1 500 No\r\n\r\n")) {
            rig.probe("app/liveness", PodRig.http(well.port(), "/"));
            assertThat(liveness()).startsWith("200");
            rig.probe("app/liveness", PodRig.http(ill.port(), "/"));
            assertThat(liveness()).startsWith("503");
            assertThat(rig.metrics.scrape())
                    .contains("outrider_probes_total{outcome=\"good\",probe=\"app/liveness\"} 1.0")
                    .contains("outrider_probes_total{outcome=\"bad\",probe=\"app/liveness\"} 1.0");
        }
    }
}
