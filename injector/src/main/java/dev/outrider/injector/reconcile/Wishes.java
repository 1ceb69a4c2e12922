package dev.outrider.injector.reconcile;

import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import dev.outrider.injector.pod.Workload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a pod that is there should have a sidecar: what the webhook would say of it. Pure. */
final class Wishes {
    /** It decides how a pod is meshed; here it is asked whether. */
    private static final ServerVersion ANY = new ServerVersion(1, 29);

    private Wishes() {}

    static PodFacts.Wish of(
            Map<String, @Nullable Object> pod,
            String namespace,
            NamespaceBook.Facts facts,
            PodInjector injector) {
        PodRequest request =
                new PodRequest(
                        pod, namespace, facts.labels(), facts.annotations(), Workload.of(pod), ANY);
        return switch (injector.inject(request)) {
            case Injection.Injected _ -> PodFacts.Wish.YES;
            case Injection.Skipped _ -> PodFacts.Wish.NO;
            case Injection.Refused _ -> facts.optedIn() ? PodFacts.Wish.REFUSED : PodFacts.Wish.NO;
        };
    }
}
