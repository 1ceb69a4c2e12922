package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The root of an authority on disk is replaced while its server runs, on a clock of the test's. */
class DirectoryRotationIT {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir Path temp;
    private final SecureRandom random = new SecureRandom();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private AuthorityDirectory directory;

    @BeforeEach
    void create() throws Exception {
        directory =
                AuthorityDirectory.create(
                        temp.resolve("ca"), "cluster.local", KeyAlgorithm.EC_P256, START, random);
    }

    @Test
    void clientsFollowThroughEachPhase() throws Exception {
        TrustBundle old = directory.authority(START).bundle();
        try (CaServer server = CaServer.start(directory, RunningCa.settings(), now::get, random);
                CaClient client = client(server, old)) {
            X509Svid first =
                    client.fetchSvid(
                            RunningCa.WEB,
                            KeyAlgorithm.EC_P256,
                            new BootstrapProof.Token(
                                    directory
                                            .tokens()
                                            .create(
                                                    RunningCa.WEB,
                                                    Duration.ofHours(1),
                                                    false,
                                                    START)));
            directory.requestRotation();
            server.maintain();
            RootRotation under = directory.load().rotation().orElseThrow();
            TrustBundle both = client.fetchBundle();
            assertThat(both.roots()).hasSize(2);
            assertThat(bundleFile()).isEqualTo(both);

            // The new root signs; who holds a certificate below the old one still gets in.
            to(under.signFrom(), server);
            X509Svid second = renew(client, first);
            assertThat(SvidVerifier.verify(second.chain(), under.next().roots(), now.get()))
                    .isEqualTo(RunningCa.WEB);
            try (CaClient pinnedToBoth = client(server, both)) {
                renew(pinnedToBoth, first);
            }
            try (CaClient late = client(server, old)) {
                assertThatThrownBy(late::fetchBundle)
                        .isInstanceOf(CaException.class)
                        .hasMessageContaining("not the authority we trust");
            }

            to(under.signFrom().plus(Duration.ofHours(12)), server);
            X509Svid third = renew(client, second);
            to(under.dropOld().minusSeconds(1), server);
            assertThat(client.fetchBundle().roots()).hasSize(2);
            to(under.dropOld(), server);
            TrustBundle last = client.fetchBundle();
            renew(client, third);
            assertThat(last.roots()).containsExactly(under.next().root());
            assertThat(bundleFile()).isEqualTo(last);
            assertThat(directory.load().rotation()).isEmpty();
            assertThat(directory.load().generation()).isEqualTo(1);
        }
        // What is on disk afterwards is an authority like any other.
        try (CaServer again = CaServer.start(directory, RunningCa.settings(), now::get, random);
                CaClient client = client(again, bundleFile())) {
            assertThat(client.fetchBundle()).isEqualTo(bundleFile());
        }
    }

    @Test
    void aKillInTheMiddleOfTheLastStepLosesNothing() throws Exception {
        AuthorityState before;
        AuthorityState after;
        try (DirectoryStore store = DirectoryStore.open(directory)) {
            Upkeep upkeep =
                    new Upkeep(
                            Duration.ofHours(24),
                            Duration.ofHours(1),
                            CaSettings.DEFAULTS.schedule(),
                            Optional.empty());
            before = store.update(kept -> upkeep.advanced(kept.requested(true), START, random));
            after = upkeep.advanced(before, before.rotation().orElseThrow().dropOld(), random);
        }
        Map<String, String> wanted = AuthorityDocuments.write(after);
        Path authority = temp.resolve("ca/authority");
        // The order in which save() works, killed after each of its writes.
        SecretFiles.replace(
                authority.resolve(AuthorityDocuments.ROOTS),
                RootsText.of(after).instead(after.issuer()).write());
        assertLoads(after);
        for (String name :
                new String[] {
                    AuthorityDocuments.ROOT,
                    AuthorityDocuments.ROOT_KEY,
                    AuthorityDocuments.INTERMEDIATE
                }) {
            SecretFiles.replace(authority.resolve(name), wanted.getOrDefault(name, ""));
            assertLoads(after);
        }
        try (DirectoryStore store = DirectoryStore.open(directory)) {
            assertThat(store.update(kept -> kept).issuer().root()).isEqualTo(after.issuer().root());
        }
        assertThat(Files.readString(authority.resolve(AuthorityDocuments.ROOTS)))
                .doesNotContain("PRIVATE");
        assertLoads(after);
    }

    @Test
    void aRequestIsRefusedWhileOneIsUnderWay() throws Exception {
        directory.requestRotation();
        try (CaServer _ = CaServer.start(directory, RunningCa.settings(), now::get, random)) {
            assertThatThrownBy(directory::requestRotation)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("under way already");
        }
    }

    @Test
    void aBrokenFileIsNamedWithItsMendAndNeverQuoted() throws Exception {
        Path roots = temp.resolve("ca/authority/roots.json");
        Files.writeString(roots, "{\"rotation\": secret");

        assertThatThrownBy(() -> directory.load())
                .hasMessageContaining(roots.toString())
                .hasMessageContaining("restore it from a backup")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    private void assertLoads(AuthorityState expected) throws Exception {
        AuthorityState loaded = directory.load();
        assertThat(loaded.issuer().root()).isEqualTo(expected.issuer().root());
        assertThat(loaded.issuer().key()).isEqualTo(expected.issuer().key());
        assertThat(loaded.rotation()).isEmpty();
    }

    private static X509Svid renew(CaClient client, X509Svid svid) throws Exception {
        return client.fetchSvid(
                RunningCa.WEB, KeyAlgorithm.EC_P256, new BootstrapProof.Current(svid));
    }

    private void to(Instant moment, CaServer server) throws Exception {
        now.set(moment);
        server.maintain();
    }

    private TrustBundle bundleFile() throws Exception {
        return TrustBundle.load(temp.resolve("ca/bundle.pem"));
    }

    private CaClient client(CaServer server, TrustBundle pinned) {
        return new CaClient(
                URI.create("https://127.0.0.1:" + server.address().getPort()),
                pinned,
                now::get,
                random,
                RunningCa.PATIENT);
    }
}
