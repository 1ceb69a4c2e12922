package dev.outrider.examples.kubelet;

import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.net.NetHosts;
import dev.outrider.examples.net.SystemTool;
import dev.outrider.examples.process.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A small cluster with Outrider in it, as its manifests say: authority, injector and the mesh's
 * configuration of {@code k8s/base}, and the namespace of {@code k8s/demo} after {@code outrider
 * inject}. Each pod has a machine of its own.
 */
final class Rehearsal implements AutoCloseable {
    private static final String CONTROL = "control";
    private static final String CA = "ca";
    private static final String INJECTOR = "injector";
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Path K8S = Path.of("../k8s");

    /** Addresses that nobody has, as those of Services are. */
    private static final Map<String, String> SERVICES =
            Map.of("web", "10.96.0.11", "billing", "10.96.0.12");

    private final NetHosts hosts;
    private final Family family;
    private final Kubelet kubelet;
    private final ControlPlane plane;
    private final Manifests shop;

    private Rehearsal(
            NetHosts hosts, Family family, Kubelet kubelet, ControlPlane plane, Manifests shop) {
        this.hosts = hosts;
        this.family = family;
        this.kubelet = kubelet;
        this.plane = plane;
        this.shop = shop;
    }

    /** Why it cannot be done here; empty when it can. */
    static Optional<String> obstacle() throws Exception {
        for (String tool : List.of("unshare", "mount", "capsh", "curl")) {
            if (SystemTool.find(tool).isEmpty()) {
                return Optional.of("containers of our own need '" + tool + "'");
            }
        }
        if (Stream.of("nft", "iptables").allMatch(it -> SystemTool.find(it).isEmpty())) {
            return Optional.of("outrider init needs nftables or iptables");
        }
        if (ImageFiles.find().isEmpty()) {
            return Optional.of("there is no release in target/, which mvn package makes");
        }
        return NetHosts.obstacle();
    }

    /** Has the control plane running, and none of the shop. */
    static Rehearsal start(Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        ImageFiles image = ImageFiles.find().orElseThrow();
        Manifests shop = injected(image, K8S.resolve("demo/shop.yaml"));
        NetHosts hosts =
                NetHosts.start(
                        List.of(
                                Kubelet.NODE,
                                CONTROL,
                                CA,
                                INJECTOR,
                                "outsider",
                                "web",
                                "web-2",
                                "billing",
                                "visit"),
                        new Random());
        Family family = new Family(directory);
        try {
            List<String> program =
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"));
            ControlPlane plane =
                    ControlPlane.start(directory, hosts.host(CONTROL), family, program);
            Kubelet kubelet = new Kubelet(directory, hosts, family, plane, image, names(hosts));
            Rehearsal rehearsal = new Rehearsal(hosts, family, kubelet, plane, shop);
            rehearsal.startMesh();
            return rehearsal;
        } catch (Exception e) {
            family.close();
            hosts.close();
            throw e;
        }
    }

    /** What {@code outrider inject} makes of the file. */
    private static Manifests injected(ImageFiles image, Path file) throws Exception {
        Path out = Files.createTempFile("injected-", ".yaml");
        Path errors = Files.createTempFile("injected-", ".txt");
        ProcessBuilder inject =
                new ProcessBuilder(image.launcher().toString(), "inject", "-f", file.toString());
        inject.environment().put("OUTRIDER_JAVA_HOME", image.java().toString());
        int code =
                inject.redirectOutput(out.toFile())
                        .redirectError(errors.toFile())
                        .start()
                        .waitFor();
        try {
            if (code != 0) {
                throw new IOException("outrider inject: " + Files.readString(errors));
            }
            return Manifests.read(Files.readString(out));
        } finally {
            Files.delete(out);
            Files.delete(errors);
        }
    }

    /** In place of the cluster's DNS. */
    private static String names(NetHosts hosts) {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("localhost", "127.0.0.1");
        addresses.put("kubernetes.default.svc", ip(hosts.host(CONTROL)));
        addresses.put("outrider-ca.outrider-system.svc", ip(hosts.host(CA)));
        SERVICES.forEach((name, address) -> {
            for (String suffix : List.of("", ".shop", ".shop.svc", ".shop.svc.cluster.local")) {
                addresses.put(name + suffix, address);
            }
        });
        StringBuilder text = new StringBuilder();
        addresses.forEach(
                (name, address) -> text.append(address).append(' ').append(name).append('\n'));
        return text.toString();
    }

    /** The authority first, since everybody else waits for its bundle of roots. */
    private void startMesh() throws Exception {
        plane.apply(Manifests.read("{kind: Namespace, metadata: {name: outrider-system}}"));
        for (String file : List.of("mesh/configmap", "injector/configmap", "injector/webhook")) {
            plane.apply(base(file));
        }
        plane.apply(shop);
        Kubelet.Running ca = startDeployment("ca", CA);
        for (String namespace : List.of("outrider-system", "shop")) {
            plane.awaitConfigMap(namespace, "outrider-trust", kubelet.child(ca, "ca"));
        }
        Kubelet.Running injector = startDeployment("injector", INJECTOR);
        plane.awaitConfigMap("shop", "outrider-mesh", kubelet.child(injector, "injector"));
    }

    private Kubelet.Running startDeployment(String name, String machine) throws Exception {
        Fields deployment = base(name + "/deployment").find("Deployment", "outrider-" + name);
        return kubelet.start(
                PodSpec.of(deployment, machine, hosts.host(machine).ipv4()), machine, true);
    }

    private static Manifests base(String file) throws IOException {
        return Manifests.read(Files.readString(K8S.resolve("base").resolve(file + ".yaml")));
    }

    Kubelet kubelet() {
        return kubelet;
    }

    /** Starts the pod of a Deployment or CronJob of the shop on the machine of its name. */
    Kubelet.Running start(String kind, String name) throws Exception {
        return start(kind, name, name);
    }

    Kubelet.Running start(String kind, String name, String machine) throws Exception {
        PodSpec pod = PodSpec.of(shop.find(kind, name), machine, hosts.host(machine).ipv4());
        return kubelet.start(pod, machine, kind.equals("Deployment"));
    }

    /** Changes what the namespace says to its sidecars, and has the kubelet tell a pod. */
    void configure(Kubelet.Running running, String yaml) throws Exception {
        plane.apply(
                new Manifests(
                        List.of(
                                new Fields(
                                        Map.of(
                                                "kind",
                                                "ConfigMap",
                                                "metadata",
                                                Map.of(
                                                        "name",
                                                        "outrider-config",
                                                        "namespace",
                                                        "shop"),
                                                "data",
                                                Map.of("config.yaml", yaml))))));
        running.volumes().renew("outrider-config", 2);
    }

    /** Makes pods known as what stands behind the Services of their names. */
    void expose(Map<String, Kubelet.Running> behind) throws Exception {
        behind.values().forEach(it -> plane.ready(it.pod()));
        for (Map.Entry<String, Kubelet.Running> each : behind.entrySet()) {
            plane.endpoints("shop", each.getKey(), each.getValue().pod());
        }
    }

    /** A call from a machine without a sidecar: status and body, or curl's words. */
    String plainCall(String url) throws Exception {
        Finished finished =
                hosts.host("outsider")
                        .run(LONGEST, List.of("curl", "-sS", "-m", "20", "--noproxy", "*", url));
        return finished.output();
    }

    /** A call from within the pod, by its app's user. */
    String callFrom(Kubelet.Running running, String url) throws Exception {
        int user = running.pod().containers().getFirst().uid();
        // curl sees this machine's files, so it is told what the pod's hosts file says.
        List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "-m", "20", "--noproxy", "*"));
        SERVICES.forEach(
                (name, address) -> command.addAll(List.of("--resolve", name + ":8080:" + address)));
        command.add(url);
        return running.host().runAs(user, LONGEST, command).output();
    }

    private static String ip(NetHost host) {
        return host.ipv4().getHostAddress();
    }

    @Override
    public void close() throws IOException {
        kubelet.close();
        family.close();
        plane.close();
        hosts.close();
    }
}
