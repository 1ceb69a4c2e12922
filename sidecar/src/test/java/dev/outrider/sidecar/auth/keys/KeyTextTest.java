package dev.outrider.sidecar.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.FieldValue;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyTextTest {
    private final Random random = new Random(7);

    private static boolean wellFormed(String text) {
        return KeyText.isWellFormed(FieldValue.of(text), new byte[KeyText.LENGTH]);
    }

    @Test
    void whatItMakesIsWellFormedAndDistinct() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            KeyText key = KeyText.make(random);
            assertThat(key.text()).matches("ork_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}");
            assertThat(wellFormed(key.text())).isTrue();
            assertThat(KeyText.id(FieldValue.of(key.text()))).hasToString(key.id());
            assertThat(seen.add(key.id())).isTrue();
        }
    }

    @Test
    void anyOtherCharacterAnywhereIsSeen() {
        String key = KeyText.make(random).text();
        for (int i = 0; i < key.length(); i++) {
            for (char other : new char[] {'0', 'a', 'Z', '_', '-', ' '}) {
                if (key.charAt(i) != other) {
                    String typo = key.substring(0, i) + other + key.substring(i + 1);
                    assertThat(wellFormed(typo)).as("%s at %d", other, i).isFalse();
                }
            }
        }
    }

    @Test
    void twoCharactersThatChangedPlacesAreSeen() {
        String key = KeyText.make(random).text();
        for (int i = 17; i + 1 < key.length(); i++) {
            if (key.charAt(i) != key.charAt(i + 1)) {
                String swapped =
                        key.substring(0, i)
                                + key.charAt(i + 1)
                                + key.charAt(i)
                                + key.substring(i + 2);
                assertThat(wellFormed(swapped)).isFalse();
            }
        }
    }

    @Test
    void doesNotShowTheSecret() {
        KeyText key = KeyText.make(random);
        assertThat(key.toString()).contains(key.id()).doesNotContain(key.text().substring(17));
    }
}
