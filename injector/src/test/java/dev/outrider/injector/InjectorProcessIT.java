package dev.outrider.injector;

import static dev.outrider.injector.Rig.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed, ended and held up. */
class InjectorProcessIT {
    @TempDir Path temp;
    private Rig rig;
    private Path secret;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        secret = temp.resolve("secret");
        new TestAuthority(Instant.now()).mount(secret);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aKilledOneIsReplacedByTheNextWithoutAnyState() throws Exception {
        try (InjectorProcess first = new InjectorProcess(rig.fake.uri(), secret)) {
            eventually(() -> Rig.ready(first.health()));
            first.kill();
        }
        try (InjectorProcess second = new InjectorProcess(rig.fake.uri(), secret);
                ApiServerCaller api = new ApiServerCaller(second.webhook())) {
            eventually(() -> Rig.ready(second.health()));
            assertThat(api.review(rig.caBundle(), Reviews.text("deployment")).body())
                    .contains("JSONPatch");
        }
    }

    /** A rollout: the API server calls one that is ready, on connections that it keeps. */
    @Test
    void anEndedOneLosesNoCall() throws Exception {
        try (InjectorProcess going =
                        new InjectorProcess(
                                rig.fake.uri(), secret, "--spread", "2s", "--drain", "20s");
                InjectorProcess staying = new InjectorProcess(rig.fake.uri(), secret)) {
            eventually(() -> Rig.ready(going.health()) && Rig.ready(staying.health()));
            AtomicBoolean there = new AtomicBoolean(true);
            AtomicBoolean go = new AtomicBoolean(true);
            AtomicInteger answered = new AtomicInteger();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> callers = new ArrayList<>();
            for (int each = 0; each < 4; each++) {
                callers.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try (ApiServerCaller first =
                                                    new ApiServerCaller(going.webhook());
                                            ApiServerCaller other =
                                                    new ApiServerCaller(staying.webhook())) {
                                        while (go.get()) {
                                            ApiServerCaller api = there.get() ? first : other;
                                            if (api.review(rig.caBundle(), Reviews.text("job"))
                                                            .status()
                                                    != 200) {
                                                throw new IOException("refused");
                                            }
                                            answered.incrementAndGet();
                                        }
                                    } catch (IOException | RuntimeException e) {
                                        failures.add(e);
                                    }
                                }));
            }
            eventually(() -> answered.get() > 50);
            going.terminate();
            eventually(() -> !Rig.ready(going.health()));
            there.set(false); // what the endpoints' controller does once it is not ready
            int before = answered.get();
            assertThat(going.exitCode()).isZero();
            eventually(() -> answered.get() > before + 50);
            go.set(false);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void whoHoldsAConnectionUpIsCutOffAndHoldsUpNobodyElse() throws Exception {
        try (InjectorProcess injector = new InjectorProcess(rig.fake.uri(), secret);
                ApiServerCaller api = new ApiServerCaller(injector.webhook());
                ApiServerCaller dawdler = new ApiServerCaller(injector.webhook())) {
            eventually(() -> Rig.ready(injector.health()));
            InetAddress here = InetAddress.getLoopbackAddress();
            List<Socket> slow = new ArrayList<>();
            for (int each = 0; each < 20; each++) {
                slow.add(new Socket(here, injector.webhook())); // says nothing
                Socket half = new Socket(here, injector.webhook());
                half.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1}); // half a hello
                slow.add(half);
            }
            api.review(rig.caBundle(), Reviews.text("job"));
            dawdler.review(rig.caBundle(), Reviews.text("job"));
            SSLSocket body = dawdler.socket().orElseThrow();
            OutputStream out = body.getOutputStream();
            out.write(
                    "POST /inject HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            slow.add(body);
            for (Socket each : slow) {
                assertThat(ends(each)).isTrue();
            }
            assertThat(api.review(rig.caBundle(), Reviews.text("job")).status()).isEqualTo(200);
        }
    }

    @Test
    void whatCannotRunSaysWhy() throws Exception {
        Optional<String> failure = Optional.empty();
        try (InjectorProcess injector = new InjectorProcess(rig.fake.uri(), secret)) {
            try (InjectorProcess second =
                    new InjectorProcess(rig.fake.uri(), secret, injector.webhook())) {
                assertThat(second.webhook()).isZero();
            }
        } catch (AssertionError e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
        assertThat(failure.orElse("")).contains("cannot listen on 127.0.0.1");
    }

    /** Within a minute, perhaps after an alert of TLS; a reset is an end too. */
    private static boolean ends(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        try (socket;
                InputStream in = socket.getInputStream()) {
            return in.readNBytes(1000).length < 1000;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
