package dev.outrider.examples.captured;

import dev.outrider.examples.mesh.Programs;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.net.NetHosts;
import dev.outrider.examples.net.SystemTool;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.story.Act;
import dev.outrider.examples.story.Screen;
import dev.outrider.examples.story.Story;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes the machines, starts what runs on them, and plays the story. */
public final class CapturedDemo implements AutoCloseable {
    private final Path directory;
    private final Screen screen;
    private final Story story;
    private final Ticker ticker;
    private final NetHosts hosts;
    private final Family family;
    private final CapturedMesh mesh;
    private final Scene scene;
    private final Optional<Path> redis;

    /**
     * Makes the machines; nothing runs on them yet.
     *
     * @param directory new, in directories that everybody may enter
     */
    public CapturedDemo(Path directory, RandomGenerator random, PrintWriter out, boolean coloured)
            throws IOException, InterruptedException {
        this.directory = directory;
        this.screen = new Screen(out, coloured);
        this.ticker = Ticker.system();
        this.story = new Story(screen, ticker);
        Programs programs =
                ReadableClassPath.copy(Programs.ofThisProcess(), directory.resolve("lib"));
        this.redis =
                SystemTool.find("redis-cli")
                        .flatMap(_ -> SystemTool.find("redis-server"))
                        .map(SystemTool::program);
        this.family = new Family(directory);
        this.hosts = NetHosts.start(List.of("web", "orders", "redis", Pod.OUTSIDE), random);
        Patience patience = new Patience(ticker);
        this.mesh = new CapturedMesh(directory, hosts, family, patience, programs);
        this.scene = new Scene(mesh, patience);
    }

    /** Why it cannot be played here, as a sentence with the mend; empty when it can. */
    public static Optional<String> obstacle() throws InterruptedException {
        for (String tool : List.of("curl", "bash", "timeout")) {
            if (SystemTool.find(tool).isEmpty()) {
                return Optional.of("the captured demo needs '" + tool + "'; install " + tool);
            }
        }
        if (SystemTool.find("nft").isEmpty() && SystemTool.find("iptables").isEmpty()) {
            return Optional.of("the captured demo needs 'nft' or 'iptables'; install nftables");
        }
        return NetHosts.obstacle();
    }

    /** Gives false when any step was not as expected. */
    public boolean play() throws IOException, InterruptedException {
        long started = ticker.nanos();
        start();
        List<Act<Scene>> acts = new ArrayList<>(List.of(HttpActs.values()));
        if (redis.isPresent()) {
            acts.add(RawActs.REDIS);
        }
        acts.addAll(List.of(RawActs.GREETER, RawActs.STRANGER));
        acts.addAll(List.of(EdgeActs.values()));
        int bad = story.play(acts, scene) + unexpectedEnds();
        screen.line("");
        if (redis.isEmpty()) {
            screen.line(
                    "Not played: redis-cli; install redis-server and redis-cli (Debian: redis)");
        }
        screen.line(
                "%s %d of %d steps as expected, %s in all; configurations and logs: %s"
                        .formatted(
                                screen.mark(bad == 0),
                                acts.size() - Math.min(bad, acts.size()),
                                acts.size(),
                                story.since(started),
                                directory));
        return bad == 0;
    }

    /** What a person can try while everything runs. */
    public void invite() {
        String web = "ip netns exec " + mesh.host(Pod.WEB).namespace();
        screen.heading("It keeps running until Ctrl-C. Try (as root, which is captured, too):");
        screen.line("  " + web + " curl -i http://orders/hello");
        if (redis.isPresent()) {
            screen.line("  " + web + " redis-cli -h redis INFO server");
        }
        screen.line("  " + web + " curl http://127.0.0.1:15000/");
        screen.line("  " + web + " nft list ruleset");
        screen.line("  tail -f " + mesh.file(Pod.ORDERS).accessLog());
    }

    /** Ends every process and takes the machines away. Any thread, any number of times. */
    @Override
    public void close() {
        family.close();
        try {
            hosts.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start() throws IOException, InterruptedException {
        screen.heading("Starting 3 pods and a machine outside of the mesh in " + directory);
        if (!mesh.readableFor(CapturedMesh.PROXY)) {
            throw new IOException(
                    "the sidecars' user "
                            + CapturedMesh.PROXY
                            + " cannot run Java from "
                            + directory
                            + "; let everybody enter the directories above it, or name another"
                            + " with --dir");
        }
        mesh.startCa();
        for (Pod pod : Pod.values()) {
            redirect(pod);
        }
        story.ready("ca", mesh::awaitCa);
        List<NetHost> withApp = List.of(mesh.host(Pod.WEB), mesh.host(Pod.ORDERS), mesh.outside());
        for (NetHost host : withApp) {
            mesh.startApp(host);
        }
        if (redis.isPresent()) {
            mesh.startRedis(redis.get());
        }
        for (Pod pod : Pod.values()) {
            mesh.startSidecar(pod);
        }
        for (NetHost host : withApp) {
            story.ready(host.name(), () -> mesh.awaitApp(host.name()));
        }
        if (redis.isPresent()) {
            story.ready("redis-server", mesh::awaitRedis);
        }
        for (Pod pod : Pod.values()) {
            story.ready(pod.host() + "-sidecar", () -> mesh.awaitSidecar(pod));
        }
    }

    private void redirect(Pod pod) throws IOException, InterruptedException {
        screen.line("   outrider init on " + pod.host() + ":");
        Finished init = mesh.init(pod);
        init.output().lines().forEach(line -> screen.line("      " + line));
        if (init.code() != 0) {
            throw new IOException("outrider init failed on " + pod.host());
        }
    }

    private int unexpectedEnds() {
        List<Child> ended = family.ended();
        for (Child child : ended) {
            screen.verdict(false, child.name() + " ended by itself; its log ends with:");
            screen.line(child.lastWords());
        }
        return ended.size();
    }
}
