package dev.outrider.examples.kubelet;

import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.net.NetHosts;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.process.Patience.InVainException;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts and ends pods, in the order that Kubernetes promises since native sidecars (1.29): init
 * containers one after the other, of which one that restarts need only have started; then the
 * containers; and at the end first the containers, then what restarts, backwards. Used by one
 * thread.
 */
final class Kubelet implements AutoCloseable {
    static final String NODE = "node";

    /** Where a pod finds the API server. */
    static final Map<String, String> API =
            Map.of(
                    "KUBERNETES_SERVICE_HOST",
                    "kubernetes.default.svc",
                    "KUBERNETES_SERVICE_PORT",
                    Integer.toString(ControlPlane.PORT));

    private static final Duration LONGEST = Duration.ofSeconds(180);

    private final Path directory;
    private final NetHosts hosts;
    private final Family family;
    private final ClusterObjects cluster;
    private final ImageFiles image;
    private final String names;
    private final List<Child> containers = new ArrayList<>();
    private final Patience patience = new Patience(Ticker.system());

    /**
     * @param names an {@code /etc/hosts} that stands for the cluster's DNS
     */
    Kubelet(
            Path directory,
            NetHosts hosts,
            Family family,
            ClusterObjects cluster,
            ImageFiles image,
            String names) {
        this.directory = directory;
        this.hosts = hosts;
        this.family = family;
        this.cluster = cluster;
        this.image = image;
        this.names = names;
    }

    /** How a container ended; the order of these is the order of the ends. */
    record Ending(String container, int code) {}

    /** A pod that was started. */
    record Running(PodSpec pod, NetHost host, Path directory, PodVolumes volumes) {}

    /** Starts it, and waits until it is ready if {@code untilReady}. */
    Running start(PodSpec pod, String machine, boolean untilReady) throws Exception {
        Path place = Files.createDirectories(directory.resolve(pod.name()));
        Files.writeString(place.resolve("hosts"), names);
        PodVolumes volumes = new PodVolumes(place.resolve("volumes"), pod, cluster);
        volumes.layOut();
        Running running = new Running(pod, hosts.host(machine), place, volumes);
        for (ContainerSpec each : pod.initContainers()) {
            Child child = start(running, each);
            if (each.nativeSidecar()) {
                await(running, each, "startupProbe");
            } else if (!child.process().waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)
                    || child.process().exitValue() != 0) {
                throw new IOException(each.name() + " did not end well:\n" + child.lastWords());
            }
        }
        for (ContainerSpec each : pod.containers()) {
            start(running, each);
        }
        if (untilReady) {
            for (ContainerSpec each : pod.everyContainer().toList()) {
                await(running, each, "readinessProbe");
            }
        }
        return running;
    }

    /** Deletes the pod; every container gets SIGTERM when its turn comes. */
    List<Ending> terminate(Running running) throws Exception {
        List<Ending> endings = new ArrayList<>();
        for (ContainerSpec each : running.pod().containers()) {
            signal(child(running, each));
        }
        for (ContainerSpec each : running.pod().containers()) {
            endings.add(ended(running, each, grace(running)));
        }
        endings.addAll(endSidecars(running));
        return endings;
    }

    /**
     * Waits for a Job's pod to complete: its containers end by themselves, then the rest is ended.
     */
    List<Ending> complete(Running running) throws Exception {
        List<Ending> endings = new ArrayList<>();
        for (ContainerSpec each : running.pod().containers()) {
            endings.add(ended(running, each, LONGEST));
        }
        endings.addAll(endSidecars(running));
        return endings;
    }

    private List<Ending> endSidecars(Running running) throws Exception {
        List<Ending> endings = new ArrayList<>();
        for (ContainerSpec each : running.pod().initContainers().reversed()) {
            if (each.nativeSidecar()) {
                signal(child(running, each));
                endings.add(ended(running, each, grace(running)));
            }
        }
        return endings;
    }

    /** Whether the kubelet's probe of that kind passes now. */
    boolean probe(Running running, String container, String kind) throws Exception {
        ContainerSpec spec =
                running.pod()
                        .everyContainer()
                        .filter(it -> it.name().equals(container))
                        .findFirst()
                        .orElseThrow();
        return new KubeletProbe(spec.fields().at(kind), spec).passes(hosts.host(NODE));
    }

    Child child(Running running, String container) {
        return family.child(running.pod().name() + "." + container);
    }

    private Child child(Running running, ContainerSpec container) {
        return child(running, container.name());
    }

    private Child start(Running running, ContainerSpec container) throws IOException {
        ContainerStart start =
                new ContainerStart(container, running.host(), image, running.volumes());
        Child child =
                family.start(
                        running.pod().name() + "." + container.name(),
                        start.command(running.directory()),
                        Map.of());
        containers.add(child);
        return child;
    }

    private void await(Running running, ContainerSpec container, String kind) throws Exception {
        if (!container.fields().has(kind)) {
            return;
        }
        Child child = child(running, container);
        try {
            patience.await(
                    "the %s of %s".formatted(kind, child.name()),
                    LONGEST,
                    () -> !child.alive(),
                    () ->
                            probe(running, container.name(), kind)
                                    ? Optional.of(true)
                                    : Optional.empty());
        } catch (InVainException e) {
            throw new IOException(e.getMessage() + "; it said:\n" + child.lastWords(), e);
        }
    }

    /** What is left after that time would be killed. */
    private Ending ended(Running running, ContainerSpec container, Duration longest)
            throws Exception {
        Child child = child(running, container);
        if (!child.process().waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException(
                    "%s was still there after %s; it said:%n%s"
                            .formatted(child.name(), longest, child.lastWords()));
        }
        return new Ending(container.name(), child.process().exitValue());
    }

    private static Duration grace(Running running) {
        return Duration.ofSeconds(running.pod().graceSeconds());
    }

    /** Ends all of them as a node ends that loses its power. */
    @Override
    public void close() {
        for (Child child : containers) {
            child.process().descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** To the first process in the container. */
    private static void signal(Child child) {
        first(child).destroy();
    }

    /** Which is the only child of what started it. */
    static ProcessHandle first(Child child) {
        return child.process().children().findFirst().orElseThrow();
    }
}
