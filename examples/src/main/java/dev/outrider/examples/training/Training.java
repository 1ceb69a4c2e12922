package dev.outrider.examples.training;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.examples.mesh.Http;
import dev.outrider.examples.mesh.Programs;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.process.Patience.InVainException;
import dev.outrider.examples.process.Ports;
import dev.outrider.examples.training.TrainingFiles.Workload;
import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One training run, in a directory of its own: an authority, an app, a companion with a sidecar,
 * and the proxy that is trained. On the main thread; everything has a deadline.
 */
final class Training implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration LOAD = Duration.ofMinutes(5);
    private static final Duration WRITE = Duration.ofMinutes(3);

    /** One in so many may fail: connecting has deadlines, and build machines may be starved. */
    private static final int TOLERATED = 20;

    /** How often Prometheus and the kubelet look in. */
    private static final int LOOKS = 20;

    private final Path directory;
    private final Ports ports;
    private final TrainingFiles files;
    private final Programs programs = Programs.ofThisProcess();
    private final Family family;
    private final Ticker ticker = Ticker.system();
    private final Patience patience = new Patience(ticker);
    private final Http http = new Http(ticker);
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    Training(Path directory) throws IOException, Ports.TakenException {
        this.directory = directory;
        this.ports =
                Ports.anywhere(
                        new SecureRandom(),
                        List.of(
                                "ca",
                                "app",
                                "trained inbound",
                                "trained outbound",
                                "trained admin",
                                "companion inbound",
                                "companion outbound",
                                "companion admin",
                                "trained https",
                                "redis"));
        this.files = new TrainingFiles(directory, ports);
        this.family = new Family(directory);
    }

    /** Trains the proxy that {@code launcher} starts; its JVM writes {@code cache} at its end. */
    void run(Path launcher, Path cache, Lesson.Preparation preparation)
            throws IOException, InterruptedException {
        AuthorityDirectory authority = startAuthority();
        TrainingApp.start(loops, ports.of("app"));
        family.start(
                Workload.COMPANION.service(),
                programs.sidecar(
                        configuration(Workload.COMPANION, files.sidecar(Workload.COMPANION))),
                Map.of());
        Lesson lesson = preparation.prepare(files, authority, loops);
        Child trained =
                family.start(
                        Workload.TRAINED.service(),
                        List.of(
                                launcher.toString(),
                                "sidecar",
                                "--config",
                                configuration(Workload.TRAINED, lesson.configuration()).toString()),
                        Map.of("OUTRIDER_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache));
        awaitReady(family.child(Workload.COMPANION.service()), Workload.COMPANION);
        awaitReady(trained, Workload.TRAINED);
        teach(lesson);
        trained.process().destroy();
        if (!trained.process().waitFor(WRITE.toSeconds(), TimeUnit.SECONDS)
                || !Files.isRegularFile(cache)) {
            throw new IOException(
                    "the JVM did not write %s; its log ends with:%n%s"
                            .formatted(cache, trained.lastWords()));
        }
    }

    private AuthorityDirectory startAuthority() throws IOException, InterruptedException {
        Child ca =
                family.start("ca", programs.ca(files.authority(), ports.of("ca"), "1h"), Map.of());
        await(ca, "the authority", START, () -> ca.output().contains("listening on https://"));
        AuthorityDirectory authority =
                AuthorityDirectory.open(files.authority(), new SecureRandom());
        for (Workload workload : Workload.values()) {
            String token =
                    authority
                            .tokens()
                            .create(
                                    SpiffeId.parse(workload.id()),
                                    Duration.ofHours(1),
                                    false,
                                    InstantSource.system().instant());
            SecretFiles.create(files.token(workload), token + "\n");
        }
        return authority;
    }

    private Path configuration(Workload workload, String text) throws IOException {
        Path file = directory.resolve(workload.service() + ".yaml");
        Files.writeString(file, text);
        return file;
    }

    /** All at once: calls, mishaps, and those who look in. */
    private void teach(Lesson lesson) throws IOException, InterruptedException {
        List<TrainingCalls> all = lesson.calls(loops);
        List<Thread> mishaps =
                lesson.mishaps().stream().map(each -> Thread.ofVirtual().start(each)).toList();
        for (int i = 0; i < LOOKS; i++) {
            http.get(admin(Workload.TRAINED, "/metrics"));
            http.get(admin(Workload.TRAINED, "/ready"));
        }
        long end = ticker.nanos() + LOAD.toNanos();
        for (TrainingCalls calls : all) {
            if (!calls.toAnswer().await(end - ticker.nanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(
                        "%d calls were not answered in %d minutes"
                                .formatted(calls.toAnswer().getCount(), LOAD.toMinutes()));
            }
            if (calls.bad() > calls.wanted() / TOLERATED) {
                throw new IOException(
                        calls.bad() + " calls failed, so nothing was learned that should be kept");
            }
        }
        for (Thread each : mishaps) {
            if (!each.join(LOAD)) {
                throw new IOException("the mishaps did not end in " + LOAD.toMinutes() + " min");
            }
        }
    }

    private void awaitReady(Child child, Workload workload)
            throws IOException, InterruptedException {
        await(
                child,
                child.name() + " to be ready",
                START,
                () -> child.alive() && http.get(admin(workload, "/ready")).status() == 200);
    }

    private URI admin(Workload workload, String path) {
        return URI.create("http://127.0.0.1:" + ports.of(workload.service() + " admin") + path);
    }

    private interface Done {
        boolean now() throws Exception;
    }

    private void await(Child child, String what, Duration longest, Done done)
            throws IOException, InterruptedException {
        try {
            patience.await(
                    what,
                    longest,
                    () -> !child.alive(),
                    () -> done.now() ? Optional.of(true) : Optional.empty());
        } catch (InVainException e) {
            throw new IOException(
                    "%s; its log ends with:%n%s".formatted(e.getMessage(), child.lastWords()), e);
        }
    }

    @Override
    public void close() {
        family.close();
        http.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
