package dev.outrider.injector.pod;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a pod must not have beside a sidecar, and what its author should know of. */
record Checks(InjectionConfig config, List<String> warnings) {
    private static final Set<String> OTHER_PROXIES = Set.of("istio-proxy", "linkerd-proxy");
    private static final Set<String> STRICT_NAMESPACES = Set.of("baseline", "restricted");

    /** Left alone by init beside the ports that the proxy has here. */
    private static final Set<Integer> NEVER_CAPTURED = Set.of(15_021, 15_090);

    private static final String BLIND =
            "the classic proxy cannot see when this pod's work is done; change that, or use a native"
                    + " sidecar";

    /** Some proxies need that long to let go of their callers. */
    private static final long SHORT_GRACE_PERIOD = 10;

    void check(Node spec, List<AppContainer> containers, PodSettings settings, PodFacts facts)
            throws Unfit {
        names(spec, containers);
        users(spec, containers);
        for (AppContainer container : containers) {
            if (container.runsOn()) {
                ports(container, settings);
            }
            if (container.runsOn() && container.init() && !settings.nativeSidecar()) {
                warnings.add(
                        "%s is a native sidecar beside a classic proxy: its probes fail until the"
                                        .formatted(container.node().path())
                                + " proxy is up; take "
                                + PodAnnotation.NATIVE_SIDECAR.annotation()
                                + " away");
            }
        }
        end(spec, containers, settings, facts);
    }

    private void names(Node spec, List<AppContainer> containers) throws Unfit {
        Set<String> names = new HashSet<>();
        for (AppContainer container : containers) {
            String name = container.name();
            if (!names.add(name)) {
                throw container
                        .node()
                        .wrong("name", "is '" + name + "' like another container's; rename one");
            }
            if (name.equals(ProxyContainer.NAME) || name.equals(ProxyContainer.INIT_NAME)) {
                throw container
                        .node()
                        .wrong("name", "is '" + name + "', which the sidecar needs; rename it");
            }
            if (OTHER_PROXIES.contains(name)) {
                throw container
                        .node()
                        .wrong(
                                "name",
                                "is '%s': two proxies cannot catch the same connections; take the pod"
                                                .formatted(name)
                                        + " out of one mesh");
            }
        }
        for (Node volume : spec.nodes("volumes")) {
            if (Volumes.NAMES.contains(volume.name())) {
                throw volume.wrong(
                        "name", "is '" + volume.name() + "', which the sidecar needs; rename it");
            }
        }
    }

    /** The rules know the proxy by its user, so whoever runs as that user goes past it. */
    private void users(Node spec, List<AppContainer> containers) throws Unfit {
        Optional<Long> all = user(spec);
        for (AppContainer container : containers) {
            Optional<Long> own = user(container.node());
            if (own.or(() -> all).equals(Optional.of((long) config.user()))) {
                Node place = own.isPresent() ? container.node() : spec;
                throw place.wrong(
                        "securityContext.runAsUser",
                        "is %d, the proxy's user, so container %s would go past the proxy; choose"
                                        .formatted(config.user(), container.name())
                                + " another user");
            }
        }
    }

    private static Optional<Long> user(Node of) throws Unfit {
        Optional<Node> security = of.find("securityContext");
        return security.isEmpty() ? Optional.empty() : security.get().number("runAsUser");
    }

    private void ports(AppContainer container, PodSettings settings) throws Unfit {
        for (Node port : container.ports()) {
            int number = AppContainer.number(port);
            if (AppContainer.tcp(port)) {
                taken(port, number);
                outside(port, number, settings);
            }
        }
    }

    private void taken(Node port, int number) throws Unfit {
        if (OwnPorts.of(config).contains(number)) {
            throw port.wrong(
                    "containerPort",
                    "is %d, where the proxy listens; choose another".formatted(number));
        }
        if (port.text("name").equals(Optional.of(ProxyContainer.PORT_NAME))) {
            throw port.wrong(
                    "name",
                    "is '%s', which the sidecar needs; rename it"
                            .formatted(ProxyContainer.PORT_NAME));
        }
    }

    /** Callers from outside of the mesh, and those that nobody would expect to get past it. */
    private void outside(Node port, int number, PodSettings settings) throws Unfit {
        if (NEVER_CAPTURED.contains(number)) {
            warnings.add(
                    "%s is %d, which is never captured: callers reach it without the proxy"
                            .formatted(port.at("containerPort"), number));
        } else if (port.number("hostPort").orElse(0L) > 0
                && settings.capture().capturesInbound(number)
                && !"permissive".equals(settings.sets().get(PodSettings.MTLS))) {
            warnings.add(
                    "%s: callers of hostPort %d have no certificate and are refused, unless %s has port %d"
                            .formatted(
                                    port.path(),
                                    port.number("hostPort").orElse(0L),
                                    PodAnnotation.SKIP_INBOUND_PORTS.annotation(),
                                    number));
        }
    }

    private void end(Node spec, List<AppContainer> containers, PodSettings settings, PodFacts facts)
            throws Unfit {
        long grace = facts.gracePeriod();
        if (grace < 0) {
            throw spec.wrong("terminationGracePeriodSeconds", "must not be negative");
        }
        if (settings.drain().isPresent() && settings.drain().get().toSeconds() >= grace) {
            warnings.add(
                    "terminationGracePeriodSeconds is %d, so the pod is killed within the drain of %ds"
                            .formatted(grace, settings.drain().get().toSeconds()));
        } else if (grace < SHORT_GRACE_PERIOD && !facts.ends()) {
            warnings.add(
                    "terminationGracePeriodSeconds is %d; calls under way may be cut, %d or more is better"
                            .formatted(grace, SHORT_GRACE_PERIOD));
        }
        if (!settings.nativeSidecar() && facts.ends()) {
            work(spec, containers);
        }
    }

    /** A classic proxy has to find out for itself when the pod's work is done. */
    private void work(Node spec, List<AppContainer> containers) throws Unfit {
        if (spec.flag("hostPID")) {
            throw spec.wrong("hostPID", "is true, so " + BLIND);
        }
        if (spec.has("shareProcessNamespace") && !spec.flag("shareProcessNamespace")) {
            throw spec.wrong("shareProcessNamespace", "is false, so " + BLIND);
        }
        for (AppContainer container : containers) {
            if (container.init() && container.runsOn()) {
                throw container
                        .node()
                        .wrong("restartPolicy", "is Always, so it never ends and " + BLIND);
            }
        }
        if (spec.text("restartPolicy").equals(Optional.of("OnFailure"))) {
            warnings.add(
                    "restartPolicy is OnFailure: without native sidecars a container that is started"
                            + " again may find no proxy; Never is better");
        }
    }

    /** Pod security is enforced after this, and its own message does not say whose fault it is. */
    void namespace(Map<String, String> labels) {
        String level = labels.get("pod-security.kubernetes.io/enforce");
        if (level != null && STRICT_NAMESPACES.contains(level)) {
            warnings.add(
                    "the namespace enforces pod security '%s', which does not allow NET_ADMIN and"
                                    .formatted(level)
                            + " NET_RAW of outrider-init");
        }
    }
}
