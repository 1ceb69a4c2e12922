package dev.outrider.examples.captured;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.examples.mesh.Programs;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.net.NetHosts;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.process.Patience.InVainException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs on the machines: the CA outside, an app and a sidecar on each pod. */
final class CapturedMesh {
    /** Who the sidecars run as; the rules leave its connections alone. */
    static final int PROXY = 1337;

    /** Who the apps and their callers run as. */
    static final int APP = 4711;

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Path directory;
    private final NetHosts hosts;
    private final Family family;
    private final Patience patience;
    private final Programs programs;

    CapturedMesh(
            Path directory, NetHosts hosts, Family family, Patience patience, Programs programs) {
        this.directory = directory;
        this.hosts = hosts;
        this.family = family;
        this.patience = patience;
        this.programs = programs;
    }

    NetHost host(Pod pod) {
        return hosts.host(pod.host());
    }

    NetHost outside() {
        return hosts.host(Pod.OUTSIDE);
    }

    Programs programs() {
        return programs;
    }

    PodFile file(Pod pod) {
        return new PodFile(
                pod, directory.resolve(pod.host()), outside().ipv4().getHostAddress() + ":8443");
    }

    /** Whether a user may run programs and read files in here; false with a directory of root's. */
    boolean readableFor(int uid) throws IOException, InterruptedException {
        List<String> java =
                List.of(programs.java(), "-cp", programs.classPath(), "-Xmx32m", "--version");
        Finished look =
                outside()
                        .runAs(
                                uid,
                                LONGEST,
                                List.of("test", "-r", programs.classPath().split(":", -1)[0]));
        return look.code() == 0 && outside().runAs(uid, LONGEST, java).code() == 0;
    }

    // ---- the start

    void startCa() throws IOException {
        String address = outside().ipv4().getHostAddress();
        List<String> arguments =
                List.of(
                        "ca",
                        "--dir",
                        directory.resolve("ca").toString(),
                        "--listen",
                        address + ":8443",
                        "--host",
                        address);
        List<String> ca = programs.program("-Xmx96m", "dev.outrider.certs.Main", arguments);
        family.start("ca", outside().command(ca), Map.of());
    }

    /** Waits for the CA, and gives each pod what its sidecar is configured with. */
    void awaitCa() throws IOException, InterruptedException {
        await(family.child("ca"), child -> child.output().contains("listening on https://"));
        Path ca = directory.resolve("ca");
        AuthorityDirectory authority = AuthorityDirectory.open(ca, new SecureRandom());
        for (Pod pod : Pod.values()) {
            PodFile file = file(pod);
            Files.createDirectory(file.directory());
            String token =
                    authority
                            .tokens()
                            .create(
                                    SpiffeId.parse(pod.id()),
                                    Duration.ofDays(1),
                                    false,
                                    InstantSource.system().instant());
            SecretFiles.create(file.token(), token + "\n");
            Files.copy(ca.resolve("bundle.pem"), file.bundle());
            Files.writeString(configuration(file), file.text());
            for (Path each :
                    List.of(file.token(), file.bundle(), configuration(file), file.directory())) {
                Files.setAttribute(each, "unix:uid", PROXY);
                Files.setAttribute(each, "unix:gid", PROXY);
            }
        }
    }

    /** A file that does not exist yet, and that every program may look for. */
    Path flag(String name) {
        return directory.resolve(name);
    }

    /** Changes a sidecar's configuration; gives what it says to that. */
    String change(Pod pod, String text) throws IOException, InterruptedException {
        Files.writeString(configuration(file(pod)), text);
        List<String> reload =
                List.of(
                        "curl",
                        "-sS",
                        "-m",
                        "15",
                        "--noproxy",
                        "*",
                        "-X",
                        "POST",
                        "-w",
                        " %{http_code}",
                        "http://127.0.0.1:15000/reload");
        return host(pod).runAs(APP, LONGEST, reload).output().strip();
    }

    /** {@code outrider init} on a pod. */
    Finished init(Pod pod) throws IOException, InterruptedException {
        return host(pod)
                .run(
                        LONGEST,
                        programs.program("-Xmx64m", "dev.outrider.injector.Main", List.of("init")));
    }

    void startSidecar(Pod pod) throws IOException {
        List<String> sidecar = programs.sidecar(configuration(file(pod)));
        family.start(pod.host() + "-sidecar", host(pod).commandAs(PROXY, sidecar), Map.of());
    }

    void awaitSidecar(Pod pod) throws IOException, InterruptedException {
        List<String> look =
                List.of(
                        "curl",
                        "-sS",
                        "-f",
                        "-m",
                        "5",
                        "--noproxy",
                        "*",
                        "http://127.0.0.1:15000/ready");
        await(
                family.child(pod.host() + "-sidecar"),
                _ -> host(pod).runAs(APP, LONGEST, look).code() == 0);
    }

    void startApp(NetHost host) throws IOException {
        List<String> app =
                programs.program("-Xmx64m", PodApp.class.getName(), List.of(host.name()));
        family.start(host.name(), host.commandAs(APP, app), Map.of());
    }

    void awaitApp(String host) throws IOException, InterruptedException {
        await(family.child(host), child -> child.output().contains("listening"));
    }

    void startRedis(Path program) throws IOException {
        List<String> redis =
                new ArrayList<>(List.of(program.toString(), "--port", "6379", "--dir", "/"));
        // One to a word; it listens beyond loopback, on machines that nobody else can reach.
        redis.addAll(List.of("--bind", "0.0.0.0", "::", "--protected-mode", "no", "--save", ""));
        family.start("redis-server", host(Pod.REDIS).commandAs(APP, redis), Map.of());
    }

    void awaitRedis() throws IOException, InterruptedException {
        await(
                family.child("redis-server"),
                child -> child.output().contains("Ready to accept connections"));
    }

    /** What a program has written so far. */
    String log(String process) throws IOException {
        return family.child(process).output();
    }

    private static Path configuration(PodFile file) {
        return file.directory().resolve("sidecar.yaml");
    }

    private interface Ready {
        boolean now(Child child) throws Exception;
    }

    private void await(Child child, Ready ready) throws IOException, InterruptedException {
        try {
            patience.await(
                    child.name() + " to be ready",
                    START,
                    () -> !child.alive(),
                    () -> ready.now(child) ? Optional.of(true) : Optional.empty());
        } catch (InVainException e) {
            throw new IOException(
                    "%s; its log %s ends with:%n%s"
                            .formatted(e.getMessage(), child.log(), child.lastWords()),
                    e);
        }
    }
}
