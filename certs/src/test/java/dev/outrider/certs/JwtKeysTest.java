package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.JwtKeys.JwtKey;
import dev.outrider.certs.JwtKeys.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JwtKeysTest {
    private static final Instant NOW = TestMesh.NOW;
    private static final Duration HINT = Duration.ofMinutes(5);
    private static final Schedule HOURLY =
            new Schedule(JwtAlgorithm.ES256, Duration.ofHours(1), HINT);

    @Test
    void theFirstKeySignsAtOnce() {
        JwtKeys keys = JwtKeys.NONE.rotated(HOURLY, NOW, TestMesh.random());

        assertThat(keys.signer(NOW).kid()).isEqualTo(keys.published().getFirst().kid());
        assertThat(keys.sequence()).isEqualTo(1);
    }

    @Test
    void nothingChangesUntilItIsDue() {
        JwtKeys keys = JwtKeys.NONE.rotated(HOURLY, NOW, TestMesh.random());

        assertThat(keys.rotated(HOURLY, NOW.plusSeconds(54 * 60), TestMesh.random()))
                .isSameAs(keys);
    }

    @Test
    void theNextKeyIsPublishedBeforeItSigns() {
        JwtKeys keys = JwtKeys.NONE.rotated(HOURLY, NOW, TestMesh.random());
        Instant due = NOW.plusSeconds(55 * 60);
        JwtKeys two = keys.rotated(HOURLY, due, TestMesh.random());

        assertThat(two.published()).hasSize(2);
        assertThat(two.signer(due)).isEqualTo(keys.signer(NOW));
        assertThat(two.signer(NOW.plus(Duration.ofHours(1))).kid())
                .isEqualTo(two.published().getLast().kid());
    }

    @Test
    void anotherAlgorithmTakesOverAfterTheRefreshHint() {
        JwtKeys keys = JwtKeys.NONE.rotated(HOURLY, NOW, TestMesh.random());
        Schedule rsa = new Schedule(JwtAlgorithm.RS256, Duration.ofHours(1), HINT);
        JwtKeys two = keys.rotated(rsa, NOW.plusSeconds(60), TestMesh.random());

        assertThat(two.signer(NOW.plusSeconds(61)).algorithm()).isEqualTo(JwtAlgorithm.ES256);
        assertThat(two.signer(NOW.plusSeconds(361)).algorithm()).isEqualTo(JwtAlgorithm.RS256);
        assertThat(two.rotated(rsa, NOW.plusSeconds(62), TestMesh.random())).isSameAs(two);
    }

    @Test
    void aKeyLostWhileTheAuthorityWasDownIsReplacedAtOnce() {
        JwtKeys keys = JwtKeys.NONE.rotated(HOURLY, NOW, TestMesh.random());
        Instant later = NOW.plus(Duration.ofDays(3));
        JwtKeys fresh = keys.rotated(HOURLY, later, TestMesh.random());

        assertThat(fresh.keys()).hasSize(1);
        assertThat(fresh.signer(later)).isNotEqualTo(keys.keys().getFirst());
    }

    /** The one thing rotation must never do: withdraw a key that a living token needs. */
    @Test
    void everyLivingTokensKeyIsPublishedAndNoUnseenKeySigns() {
        long seed = 77;
        Random random = new Random(seed);
        Map<JwtKey, Instant> lastUse = new HashMap<>();
        Map<String, Instant> firstSeen = new HashMap<>();
        JwtKeys keys = JwtKeys.NONE;
        Instant now = NOW;
        for (int round = 0; round < 800; round++) {
            now = now.plusSeconds(random.nextInt(120));
            keys = keys.rotated(HOURLY, now, TestMesh.random());
            for (JwtVerificationKey key : keys.published()) {
                firstSeen.putIfAbsent(key.kid(), now);
            }
            JwtKey signer = keys.signer(now);
            lastUse.put(signer, now);
            Instant cached = now.minus(HINT).plusSeconds(120);
            assertThat(firstSeen.get(signer.kid()))
                    .as("seed %d round %d: a signer readers have met", seed, round)
                    .isBeforeOrEqualTo(cached.isBefore(NOW.plusSeconds(120)) ? now : cached);
            for (Map.Entry<JwtKey, Instant> used : lastUse.entrySet()) {
                if (used.getValue().plus(JwtSvids.LONGEST_TTL).isAfter(now)) {
                    assertThat(keys.keys().stream().map(JwtKey::kid))
                            .as("seed %d round %d", seed, round)
                            .contains(used.getKey().kid());
                }
            }
            assertThat(keys.keys()).as("seed %d round %d", seed, round).hasSizeLessThan(4);
        }
    }
}
