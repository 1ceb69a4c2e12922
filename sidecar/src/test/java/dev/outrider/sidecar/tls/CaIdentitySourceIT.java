package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.RootRotation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real authority's server; both share a clock that the test moves. */
class CaIdentitySourceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SecureRandom random = new SecureRandom();
    private final AtomicReference<Instant> time =
            new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final InstantSource clock = time::get;
    private final TlsContexts contexts =
            new TlsContexts(
                    TlsConfig.DEFAULTS,
                    List.of(),
                    clock,
                    Revocations.none(),
                    new java.util.Random(1));
    private final List<IdentitySource> started = new ArrayList<>();

    @TempDir Path directory = Path.of("");
    private @Nullable CaServer server;
    private int port;

    @BeforeEach
    void startAuthority() throws Exception {
        AuthorityDirectory made =
                AuthorityDirectory.create(
                        directory.resolve("ca"),
                        "cluster.local",
                        KeyAlgorithm.EC_P256,
                        time.get(),
                        random);
        Files.writeString(directory.resolve("roots.pem"), made.authority().bundle().toPem());
        Files.writeString(
                directory.resolve("token"),
                made.tokens().create(TestMesh.WEB, Duration.ofDays(1), true, time.get()) + "\n");
        serve(made);
    }

    @AfterEach
    void close() throws Exception {
        started.forEach(IdentitySource::close);
        if (server != null) {
            server.close();
        }
    }

    @Test
    void getsAnIdentityWithTheTokenAndRenewsItWithItself() throws Exception {
        IdentitySource source = start(null);
        X509Svid first = ready(source);
        assertThat(first.id()).isEqualTo(TestMesh.WEB);
        Instant renewAt = Objects.requireNonNull(source.status().renewAt());
        assertThat(Duration.between(time.get(), renewAt))
                .isBetween(Duration.ofMinutes(12 * 60 - 1), Duration.ofMinutes(17 * 60));

        // The token was good for one use: only the identity itself can have renewed.
        time.set(renewAt);
        await().atMost(PATIENCE).until(() -> source.status().renewals() == 1);

        X509Svid second = source.current().svid();
        assertThat(second.notAfter()).isAfter(first.notAfter());
        assertThat(second.leaf().getPublicKey()).isNotEqualTo(first.leaf().getPublicKey());
    }

    @Test
    void keepsTheValidIdentityWhileTheAuthorityIsDownAndSaysSo() throws Exception {
        IdentitySource source = start(null);
        X509Svid first = ready(source);
        Objects.requireNonNull(server).close();
        server = null;

        time.set(Objects.requireNonNull(source.status().renewAt()));
        await().atMost(PATIENCE).until(() -> source.status().failures() > 0);

        assertThat(source.current().svid()).isEqualTo(first);
        assertThat(source.status().usable(time.get())).isTrue();
        assertThat(source.status().describe(time.get()))
                .contains(TestMesh.WEB.toString())
                .contains("not renewed")
                .contains("our clock says " + time.get());

        serve(AuthorityDirectory.open(directory.resolve("ca"), random));
        await().atMost(PATIENCE)
                .until(() -> {
                    time.updateAndGet(t -> t.plusSeconds(1));
                    return source.status().renewals() == 1;
                });
        assertThat(source.status().failures()).isZero();
        assertThat(source.status().lastError()).isNull();
    }

    @Test
    void aRestartWithoutTheAuthorityStartsFromTheCache() throws Exception {
        Path cache = directory.resolve("cache");
        IdentitySource before = start(cache);
        X509Svid kept = ready(before);
        await().atMost(PATIENCE).until(() -> Files.exists(cache.resolve("identity.pem")));
        before.close();
        Objects.requireNonNull(server).close();
        server = null;
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(cache.resolve("identity.pem"))))
                .isEqualTo("rw-------");

        IdentitySource after = start(cache);

        assertThat(ready(after)).isEqualTo(kept);
        assertThat(after.current().bundle()).isEqualTo(before.current().bundle());
    }

    @Test
    void withoutTokenOrCacheItSaysWhatIsMissingAndStartsOnceItIsThere() throws Exception {
        String token = Files.readString(directory.resolve("token"));
        Files.delete(directory.resolve("token"));
        IdentitySource source = start(null);
        await().atMost(PATIENCE).until(() -> source.status().failures() > 0);
        assertThat(source.status().describe(time.get()))
                .contains("no identity yet")
                .contains("token");

        Files.writeString(directory.resolve("token"), token);
        await().atMost(PATIENCE)
                .until(() -> {
                    time.updateAndGet(t -> t.plusSeconds(1));
                    return source.status().id() != null;
                });
    }

    @Test
    void followsAnotherRootThroughItsWholeReplacement() throws Exception {
        IdentitySource source = start(null);
        X509Svid old = ready(source);
        AuthorityDirectory ca = AuthorityDirectory.open(directory.resolve("ca"), random);
        ca.requestRotation();
        Objects.requireNonNull(server).maintain();
        RootRotation under = ca.load().rotation().orElseThrow();
        time.updateAndGet(t -> t.plus(Duration.ofMinutes(6)));
        await().atMost(PATIENCE).until(() -> source.current().bundle().roots().size() == 2);
        assertThat(source.current().svid()).isEqualTo(old);

        time.set(Objects.requireNonNull(source.status().renewAt()));
        Objects.requireNonNull(server).maintain();
        await().atMost(PATIENCE).until(() -> source.status().renewals() == 1);
        X509Svid below = source.current().svid();
        assertThat(SvidVerifier.verify(below.chain(), under.next().roots(), time.get()))
                .isEqualTo(TestMesh.WEB);

        time.set(under.dropOld());
        Objects.requireNonNull(server).maintain();
        await().atMost(PATIENCE)
                .until(() -> source.current().bundle().equals(under.next().roots()));
        assertThat(source.current().svid()).isEqualTo(below);
        assertThat(source.status().failures()).isZero();
    }

    @Test
    void oneThatHeardNothingOfAnotherRootReadsThePinnedRootsAgain() throws Exception {
        IdentitySource source = start(null);
        ready(source);
        Objects.requireNonNull(server).close();
        AuthorityDirectory ca = AuthorityDirectory.open(directory.resolve("ca"), random);
        ca.requestRotation();
        serve(ca);
        time.set(ca.load().rotation().orElseThrow().signFrom().plusSeconds(1));
        Objects.requireNonNull(server).maintain();
        await().atMost(PATIENCE)
                .until(() ->
                        String.valueOf(source.status().lastError())
                                .contains("not the authority we trust"));

        // As the kubelet does when the ConfigMap has changed.
        Files.copy(
                directory.resolve("ca/bundle.pem"),
                directory.resolve("roots.pem"),
                StandardCopyOption.REPLACE_EXISTING);
        await().atMost(PATIENCE)
                .until(() -> {
                    time.updateAndGet(t -> t.plusSeconds(1));
                    return source.current().bundle().roots().size() == 2;
                });
        assertThat(source.status().failures()).isZero();
    }

    private X509Svid ready(IdentitySource source) {
        await().atMost(PATIENCE).until(() -> source.status().id() != null);
        return source.current().svid();
    }

    private IdentitySource start(@Nullable Path cache) {
        IdentityCa ca =
                new IdentityCa(
                        URI.create("https://127.0.0.1:" + port),
                        directory.resolve("roots.pem"),
                        directory.resolve("token"),
                        KeyAlgorithm.EC_P256,
                        cache);
        IdentityConfig config = new IdentityConfig("cluster.local", TestMesh.WEB, null, ca);
        IdentitySource source = IdentitySource.start(config, contexts, clock, random);
        started.add(source);
        return source;
    }

    private void serve(AuthorityDirectory authority) throws IOException {
        CaSettings defaults = CaSettings.DEFAULTS;
        CaServer made =
                CaServer.start(
                        authority,
                        new CaSettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                                defaults.hosts(),
                                defaults.svidTtl(),
                                defaults.jwtTtl(),
                                defaults.schedule(),
                                defaults.perAddress(),
                                defaults.perIdentity()),
                        clock,
                        random);
        port = made.address().getPort();
        server = made;
    }
}
