package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.JwtAlgorithm;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.X509Svid;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityDirectoryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final JwtKeys.Schedule SCHEDULE = JwtKeys.Schedule.DEFAULTS;

    @TempDir Path temp;
    private final SecureRandom random = new SecureRandom();
    private Path dir;
    private AuthorityDirectory directory;

    @BeforeEach
    void create() throws Exception {
        dir = temp.resolve("ca");
        directory =
                AuthorityDirectory.create(dir, "cluster.local", KeyAlgorithm.EC_P256, NOW, random);
    }

    @Test
    void nothingInItIsForOthersToRead() throws Exception {
        directory.tokens().create(RunningCa.WEB, Duration.ofHours(1), false, NOW);
        directory.currentJwtKeys(SCHEDULE, () -> NOW);
        try (Stream<Path> files = Files.walk(dir)) {
            assertThat(files)
                    .allSatisfy(file ->
                            assertThat(Files.getPosixFilePermissions(file).toString())
                                    .doesNotContain("GROUP")
                                    .doesNotContain("OTHERS"));
        }
    }

    @Test
    void anAuthorityThatIsThereIsKept() {
        assertThatThrownBy(() ->
                        AuthorityDirectory.create(
                                dir, "cluster.local", KeyAlgorithm.EC_P256, NOW, random))
                .hasMessageContaining("it is kept");
    }

    @Test
    void theIntermediateRenewsBelowTheSameRootAndOldCertificatesStayGood() throws Exception {
        X509Svid old = svid();
        try (DirectoryStore store = DirectoryStore.open(directory)) {
            store.update(kept -> kept.with(kept.issuer().renewed(NOW, random).orElseThrow()));
        }
        X509Svid fresh = svid();

        assertThat(fresh.chain().getLast()).isNotEqualTo(old.chain().getLast());
        for (X509Svid svid : List.of(old, fresh)) {
            assertThat(SvidVerifier.verify(svid.chain(), directory.authority(NOW).bundle(), NOW))
                    .isEqualTo(RunningCa.WEB);
        }
    }

    @Test
    void theServerRenewsAnIntermediateThatIsNearItsEnd() throws Exception {
        Instant late = NOW.plus(Duration.ofDays(300));
        try (DirectoryStore store = DirectoryStore.open(directory)) {
            LiveAuthority live = live(store, late);

            assertThat(live.authority().issuer().getNotAfter().toInstant())
                    .isAfter(late.plus(Duration.ofDays(360)));
            assertThat(directory.authority().issuer()).isEqualTo(live.authority().issuer());
            assertThat(live.worries()).isEmpty();
        }
    }

    @Test
    void withoutTheRootsKeyTheIntermediateStaysInUse() throws Exception {
        Files.delete(dir.resolve("authority/root-key.pem"));
        Instant late = NOW.plus(Duration.ofDays(300));
        X509Certificate before = directory.authority().issuer();
        try (DirectoryStore store = DirectoryStore.open(directory)) {
            LiveAuthority live = live(store, late);
            live.maintain();

            assertThat(live.authority().issuer()).isEqualTo(before);
            assertThat(live.worries()).singleElement().asString().contains("root-key.pem");
        }
    }

    @Test
    void tokenKeysSurviveTheirFileWithEveryAlgorithm() throws Exception {
        for (JwtAlgorithm algorithm : JwtAlgorithm.values()) {
            JwtKeys.Schedule schedule =
                    new JwtKeys.Schedule(algorithm, Duration.ofHours(1), Duration.ofMinutes(5));
            JwtKeys keys = JwtKeys.NONE.rotated(schedule, NOW, random);
            try (DirectoryStore store = DirectoryStore.open(directory)) {
                store.update(kept -> kept.with(JwtKeys.NONE));
                store.update(kept -> kept.with(keys));
            }
            JwtKeys loaded = directory.load().jwtKeys();

            assertThat(loaded.published()).isEqualTo(keys.published());
            assertThat(loaded.sequence()).isEqualTo(keys.sequence());
            assertThat(loaded.keys().getFirst().pair().getPrivate())
                    .isEqualTo(keys.keys().getFirst().pair().getPrivate());
        }
    }

    @Test
    void brokenTokenKeysAreNamedAndNeverQuoted() throws Exception {
        Files.writeString(dir.resolve("jwt-keys.json"), "{\"keys\": [ top secret");

        assertThatThrownBy(() -> directory.load())
                .hasMessageContaining("jwt-keys.json")
                .hasNoCause()
                .hasMessageNotContaining("secret");
    }

    @Test
    void aCommandNeverChangesTheKeysOfARunningServer() throws Exception {
        JwtKeys first = directory.currentJwtKeys(SCHEDULE, () -> NOW);
        Instant later = NOW.plus(Duration.ofDays(2));
        try (FileChannel held = directory.lock().orElseThrow()) {
            assertThat(held.isOpen()).isTrue();
            assertThat(directory.currentJwtKeys(SCHEDULE, () -> later).sequence())
                    .isEqualTo(first.sequence());
        }
        assertThat(directory.currentJwtKeys(SCHEDULE, () -> later).sequence())
                .isGreaterThan(first.sequence());
    }

    @Test
    void leftoversOfKilledProcessesAreSweptOnceTheyAreOld() throws Exception {
        Path old = Files.createFile(dir.resolve(".jwt-keys.json.x.unfinished"));
        Path young = Files.createFile(dir.resolve(".jwt-keys.json.y.unfinished"));
        Path staging = Files.createDirectory(dir.resolve(".staging-x"));
        Files.createFile(staging.resolve("root.pem"));
        Files.setLastModifiedTime(old, FileTime.from(NOW.minusSeconds(3600)));
        Files.setLastModifiedTime(staging, FileTime.from(NOW.minusSeconds(3600)));
        Files.setLastModifiedTime(young, FileTime.from(NOW));
        directory.sweep(NOW);

        assertThat(old).doesNotExist();
        assertThat(staging).doesNotExist();
        assertThat(young).exists();
        assertThat(AuthorityDirectory.exists(dir)).isTrue();
    }

    @Test
    void endedTokensAreForgotten() throws Exception {
        String token = directory.tokens().create(RunningCa.WEB, Duration.ofMinutes(1), false, NOW);
        directory.tokens().sweep(NOW.plusSeconds(120), Duration.ofHours(1));
        assertThat(directory.tokens().review(token, NOW.plusSeconds(120)))
                .isInstanceOf(TokenReview.Outcome.Expired.class);
        directory.tokens().sweep(NOW.plusSeconds(7200), Duration.ofHours(1));
        assertThat(directory.tokens().review(token, NOW.plusSeconds(7200)))
                .isInstanceOf(TokenReview.Outcome.Unknown.class);
    }

    @Test
    void aTokenForOneUseIsClaimedOnce() throws Exception {
        String token = directory.tokens().create(RunningCa.WEB, Duration.ofMinutes(1), true, NOW);
        TokenReview.Outcome.Proven one =
                (TokenReview.Outcome.Proven) directory.tokens().review(token, NOW);
        TokenReview.Outcome.Proven two =
                (TokenReview.Outcome.Proven) directory.tokens().review(token, NOW);

        assertThat(one.use().claim()).isTrue();
        assertThat(two.use().claim()).isFalse();
    }

    private LiveAuthority live(DirectoryStore store, Instant now) throws Exception {
        return new LiveAuthority(store, CaSettings.DEFAULTS, Optional::empty, () -> now, random);
    }

    private X509Svid svid() throws Exception {
        return directory
                .authority(NOW)
                .issue(RunningCa.WEB, KeyAlgorithm.EC_P256, List.of(), NOW, Duration.ofHours(1));
    }
}
