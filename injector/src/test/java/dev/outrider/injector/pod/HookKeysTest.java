package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.settings.SettingsException;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Nobody calls a pod's hooks but who may read the pod. */
final class HookKeysTest {
    private static final PodRequest HOOKS = Shape.named("hooks").request();

    @Test
    void eachPodHasAKeyOfItsOwnInItsHooksAndInTheProxyAlone() {
        PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
        Map<String, @Nullable Object> one = injected(injector, HOOKS);
        Map<String, @Nullable Object> other = injected(injector, HOOKS);
        String key = key(one);

        assertThat(key).matches(HookKeys.FORM).isNotEqualTo(key(other));
        String text = one.toString();
        assertThat(text)
                .contains("/probe/web/prestop?key=" + key)
                .contains("/probe/web/poststart?key=" + key)
                .contains("\"key\":\"$${OUTRIDER_HOOK_KEY}\"");
        // Two hooks and the variable: neither the arguments nor the record have it.
        assertThat(text.split(key, -1)).hasSize(4);
    }

    @Test
    void aPodWithoutHooksHasNone() {
        PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
        assertThat(injected(injector, Shape.named("probes").request()).toString())
                .doesNotContain(ProxyContainer.HOOK_KEY)
                .doesNotContain("?key=");
    }

    @Test
    void takenOutAgainTheHooksAreAsTheyWere() {
        PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
        Map<String, @Nullable Object> pod = injected(injector, HOOKS);
        Injection.Injected out = (Injection.Injected) injector.uninject(pod);
        assertThat(JsonPatch.apply(pod, out.operations())).isEqualTo(HOOKS.pod());
    }

    @Test
    void filesBecomeTheSameEachTimeWithASecretOfTheOperators() throws SettingsException {
        InjectionConfig config =
                InjectionConfig.parse("test", "hookSecret: what nobody else knows\n");
        String key = key(injected(new PodInjector(config), HOOKS));
        assertThat(key(injected(new PodInjector(config), HOOKS))).isEqualTo(key);

        PodRequest another =
                new PodRequest(
                        HOOKS.pod(),
                        HOOKS.namespace(),
                        HOOKS.namespaceLabels(),
                        HOOKS.namespaceAnnotations(),
                        new Owner("Deployment", "another"),
                        HOOKS.server());
        assertThat(key(injected(new PodInjector(config), another))).isNotEqualTo(key);
        assertThat(config.toString()).doesNotContain("nobody else");
        assertThatThrownBy(() -> InjectionConfig.parse("test", "hookSecret: short\n"))
                .hasMessageContaining("hookSecret")
                .hasMessageContaining("at least 16 characters")
                .hasMessageNotContaining("short");
    }

    private static Map<String, @Nullable Object> injected(PodInjector injector, PodRequest to) {
        return JsonPatch.apply(to.pod(), ((Injection.Injected) injector.inject(to)).operations());
    }

    private static String key(Map<String, @Nullable Object> pod) {
        return Others.containers(pod).stream()
                .flatMap(container ->
                        container.get("env") instanceof Iterable<?> env
                                ? StreamSupport.stream(env.spliterator(), false)
                                : Stream.<Object>empty())
                .map(variable -> (Map<?, ?>) variable)
                .filter(variable -> ProxyContainer.HOOK_KEY.equals(variable.get("name")))
                .map(variable -> String.valueOf(variable.get("value")))
                .reduce((_, _) -> {
                    throw new IllegalStateException("two of them");
                })
                .orElseThrow();
    }
}
