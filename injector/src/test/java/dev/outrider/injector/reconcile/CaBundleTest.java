package dev.outrider.injector.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.Json;
import dev.outrider.injector.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CaBundleTest {
    private static final Instant NOON = Instant.now();

    private final TestAuthority old = new TestAuthority(NOON);
    private final TestAuthority young = new TestAuthority(NOON);
    private final CaBundle bundle = new CaBundle();

    @Test
    void everyEntryGetsTheRootsAndTheRestIsNotTouched() {
        List<Map<String, @Nullable Object>> steps =
                bundle.patch(configuration("", "bm90IGEgYnVuZGxl", pem(old)), old.roots(), NOON);

        assertThat(steps).hasSize(4);
        assertThat(steps.get(0))
                .containsEntry("op", "test")
                .containsEntry("path", "/webhooks/0/name");
        assertThat(steps.get(1)).containsEntry("path", "/webhooks/0/clientConfig/caBundle");
        assertThat(steps.get(3)).containsEntry("path", "/webhooks/1/clientConfig/caBundle");
        assertThat(steps.get(3).get("value")).isEqualTo(pem(old));
        assertThat(bundle.patch(configuration(pem(old)), old.roots(), NOON)).isEmpty();
    }

    @Test
    void duringARotationBothAreThereAndTheOldOneGoesLater() {
        List<X509Certificate> wanted = young.roots();
        List<Map<String, @Nullable Object>> steps =
                bundle.patch(configuration(pem(old)), wanted, NOON);
        assertThat(steps.get(1).get("value")).isEqualTo(pem(young, old));

        String both = pem(young, old);
        assertThat(
                        bundle.patch(
                                configuration(both),
                                wanted,
                                NOON.plus(CaBundle.OVERLAP).minusSeconds(1)))
                .isEmpty();
        steps = bundle.patch(configuration(both), wanted, NOON.plus(CaBundle.OVERLAP));
        assertThat(steps.get(1).get("value")).isEqualTo(pem(young));
    }

    @Test
    void anotherOrderIsAsGood() {
        assertThat(
                        bundle.patch(
                                configuration(pem(old, young)),
                                Stream.concat(young.roots().stream(), old.roots().stream())
                                        .toList(),
                                NOON))
                .isEmpty();
    }

    @Test
    void trustedIsWhatAllEntriesTrust() {
        assertThat(CaBundle.trusted(configuration(pem(old, young), pem(young))))
                .isEqualTo(young.roots());
        assertThat(CaBundle.trusted(configuration(pem(old), ""))).isEmpty();
        assertThat(CaBundle.trusted(configuration())).isEmpty();
    }

    private static Map<String, @Nullable Object> configuration(String... bundles) {
        List<Object> entries =
                Stream.of(bundles)
                        .map(text -> {
                            Map<String, Object> client = new LinkedHashMap<>();
                            client.put("service", Map.of("name", "outrider-injector"));
                            if (!text.isEmpty()) {
                                client.put("caBundle", text);
                            }
                            return (Object)
                                    Map.of(
                                            "name",
                                            "namespaces.outrider.dev",
                                            "clientConfig",
                                            client);
                        })
                        .toList();
        return Json.object(Json.write(Map.of("webhooks", entries)));
    }

    private static String pem(TestAuthority... authorities) {
        StringBuilder pem = new StringBuilder();
        Stream.of(authorities).forEach(each -> pem.append(each.rootsPem()));
        return Base64.getEncoder()
                .encodeToString(pem.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
