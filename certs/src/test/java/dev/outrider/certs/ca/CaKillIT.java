package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.PlainJwt;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, killed without warning while it issues and while its token keys change. */
class CaKillIT {
    /** The shortest rotation there can be, so that kills meet it. */
    private static final String[] BUSY = {
        "--jwt-key-period",
        "2s",
        "--refresh-hint",
        "1s",
        "--rate-per-address",
        "5000",
        "--rate-per-identity",
        "5000"
    };

    @TempDir Path temp;

    @Test
    void aKillAtAnyPointLosesNothingThatWasGivenOut() throws Exception {
        Path dir = temp.resolve("ca");
        TrustBundle first =
                AuthorityDirectory.create(
                                dir,
                                "cluster.local",
                                KeyAlgorithm.EC_P256,
                                Instant.now(),
                                new SecureRandom())
                        .authority()
                        .bundle();
        String token = newToken(dir);
        Queue<String> jwts = new ConcurrentLinkedQueue<>();
        Queue<X509Svid> svids = new ConcurrentLinkedQueue<>();
        long seed = 4711;
        Random random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            try (CaProcess ca = new CaProcess(dir, BUSY)) {
                TrustBundle bundle = TrustBundle.load(dir.resolve("bundle.pem"));
                assertThat(bundle).as("seed %d round %d", seed, round).isEqualTo(first);
                assertGoodStill(ca, bundle, jwts, svids);
                int before = jwts.size();
                int enough = 5 + random.nextInt(40);
                hammer(ca, bundle, token, jwts, svids, () -> jwts.size() >= before + enough);
            }
        }
        try (CaProcess ca = new CaProcess(dir, BUSY)) {
            assertGoodStill(ca, first, jwts, svids);
            assertThat(ca.terminate()).isZero();
        }
        for (String line : Files.readAllLines(dir.resolve("audit.jsonl"))) {
            assertThat(line).startsWith("{\"time\"").endsWith("}");
        }
    }

    @Test
    void aKillWhileTheStateIsFirstMadeLeavesAllOrNothing() throws Exception {
        for (int round = 0; round < 4; round++) {
            Path dir = temp.resolve("first" + round);
            Process half =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "dev.outrider.certs.Main",
                                    "certs",
                                    "init",
                                    "--dir",
                                    dir.toString())
                            .start();
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(dir) || !half.isAlive());
            half.destroyForcibly().waitFor();

            assertThat(loads(dir)).as("round %d", round).isTrue();
        }
    }

    /** Several callers at once until it is enough; then the process is killed under them. */
    private static void hammer(
            CaProcess ca,
            TrustBundle bundle,
            String token,
            Queue<String> jwts,
            Queue<X509Svid> svids,
            Callable<Boolean> enough)
            throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(Thread.ofVirtual().start(() -> call(ca, bundle, token, jwts, svids, stop)));
        }
        await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(120)).until(enough);
        ca.kill();
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
    }

    private static void call(
            CaProcess ca,
            TrustBundle bundle,
            String token,
            Queue<String> jwts,
            Queue<X509Svid> svids,
            AtomicBoolean stop) {
        try (CaClient client = RunningCa.patient(ca.uri(), bundle)) {
            X509Svid svid =
                    client.fetchSvid(
                            RunningCa.WEB, KeyAlgorithm.EC_P256, new BootstrapProof.Token(token));
            svids.add(svid);
            while (!stop.get()) {
                jwts.add(client.fetchJwt(svid, "orders"));
            }
        } catch (CaException e) {
            // The kill; what came before it is what counts.
        }
    }

    private static void assertGoodStill(
            CaProcess ca, TrustBundle bundle, Queue<String> jwts, Queue<X509Svid> svids)
            throws Exception {
        try (CaClient client = RunningCa.patient(ca.uri(), bundle)) {
            String jwks = client.fetchJwks();
            for (String jwt : jwts) {
                assertThat(PlainJwt.verified(jwt, jwks, "sig").get("sub").asText())
                        .isEqualTo(RunningCa.WEB.toString());
            }
            for (X509Svid svid : svids) {
                assertThat(SvidVerifier.verify(svid.chain(), bundle, Instant.now()))
                        .isEqualTo(RunningCa.WEB);
                assertThat(client.fetchJwt(svid, "orders")).isNotEmpty();
            }
        }
    }

    /** The next start either finds a whole authority or makes one. */
    private static boolean loads(Path dir) throws Exception {
        SecureRandom random = new SecureRandom();
        if (!AuthorityDirectory.exists(dir)) {
            AuthorityDirectory.create(
                    dir, "cluster.local", KeyAlgorithm.EC_P256, Instant.now(), random);
        }
        X509Svid svid =
                AuthorityDirectory.open(dir, random)
                        .authority()
                        .issue(
                                RunningCa.WEB,
                                KeyAlgorithm.EC_P256,
                                List.of(),
                                Instant.now(),
                                Duration.ofHours(1));
        TrustBundle bundle = AuthorityDirectory.open(dir, random).authority().bundle();
        return SvidVerifier.verify(svid.chain(), bundle, Instant.now()).equals(RunningCa.WEB);
    }

    private static String newToken(Path dir) throws Exception {
        return AuthorityDirectory.open(dir, new SecureRandom())
                .tokens()
                .create(RunningCa.WEB, Duration.ofHours(1), false, Instant.now());
    }
}
