package dev.outrider.examples;

import dev.outrider.examples.captured.CapturedDemo;
import dev.outrider.examples.demo.Demo;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.mesh.ZipkinJar;
import dev.outrider.examples.process.Ports;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a mesh of three services on this machine and plays a story on it.",
            "CA, services, sidecars and Zipkin are real processes on loopback ports; no Docker."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0: every step was as expected",
            "1: one was not, or the mesh did not start",
            "2: wrong usage, or a port is taken"
        })
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--once", description = "End after the story instead of running on.")
    private boolean once;

    @Option(
            names = "--base-port",
            description = "First of 20 consecutive ports; free ones are found if it is not given.")
    private @Nullable Integer basePort;

    @Option(
            names = "--dir",
            description =
                    "An empty or new directory for configurations and logs; it is kept. Without it a"
                            + " temporary one is used, and kept only when a step failed.")
    private @Nullable Path directory;

    @Option(
            names = "--zipkin-jar",
            description =
                    "Zipkin's executable server jar, if it is neither in the build nor cached.")
    private @Nullable Path zipkinJar;

    @Option(
            names = "--captured",
            description =
                    "Play another story: apps that know nothing of a proxy, on machines made of"
                            + " network namespaces. Needs root, and neither Zipkin nor ports.")
    private boolean captured;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (captured) {
            return callCaptured(out, err);
        }
        Ports ports;
        Path work;
        try {
            ports =
                    basePort == null
                            ? Ports.anywhere(new SecureRandom(), Workload.portNames())
                            : Ports.from(basePort, Workload.portNames());
            work = workDirectory("rwx------");
        } catch (Ports.TakenException e) {
            err.println(e.getMessage() + "; choose others with --base-port");
            return 2;
        }
        boolean good = play(work, ports, zipkin(out), out);
        if (good && directory == null) {
            delete(work);
        }
        return good ? 0 : 1;
    }

    private boolean play(Path work, Ports ports, Path zipkin, PrintWriter out)
            throws IOException, InterruptedException {
        try (Demo demo = new Demo(work, ports, zipkin, out, coloured())) {
            // Ctrl-C: the main thread is not interrupted by it, so the hook ends the children.
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(demo::close));
            boolean good = demo.play();
            if (!once) {
                demo.invite();
                new CountDownLatch(1).await();
            }
            return good;
        }
    }

    private int callCaptured(PrintWriter out, PrintWriter err)
            throws IOException, InterruptedException {
        Optional<String> obstacle = CapturedDemo.obstacle();
        if (obstacle.isPresent()) {
            err.println(obstacle.get());
            return 1;
        }
        // The sidecars' user has no rights in here but to go through to what is its own.
        Path work = workDirectory("rwx--x--x");
        boolean good = playCaptured(work, out);
        if (good && directory == null) {
            delete(work);
        }
        return good ? 0 : 1;
    }

    private boolean playCaptured(Path work, PrintWriter out)
            throws IOException, InterruptedException {
        try (CapturedDemo demo = new CapturedDemo(work, new SecureRandom(), out, coloured())) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(demo::close));
            boolean good = demo.play();
            if (!once) {
                demo.invite();
                new CountDownLatch(1).await();
            }
            return good;
        }
    }

    private static boolean coloured() {
        return System.console() != null && System.getenv("NO_COLOR") == null;
    }

    private Path zipkin(PrintWriter out) throws IOException, InterruptedException {
        if (zipkinJar != null) {
            return zipkinJar.toAbsolutePath();
        }
        Optional<Path> here = ZipkinJar.find(System.getenv());
        if (here.isPresent()) {
            return here.get();
        }
        out.println("Fetching Zipkin's server (135 MB) with Maven, this once …");
        out.flush();
        return ZipkinJar.fetch(System.getenv());
    }

    private Path workDirectory(String permissions) throws IOException {
        var mine =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
        if (directory == null) {
            return Files.createTempDirectory("outrider-demo-", mine);
        }
        Path chosen = directory.toAbsolutePath();
        Files.createDirectories(chosen, mine);
        try (var content = Files.list(chosen)) {
            if (content.findAny().isPresent()) {
                throw new IOException("--dir " + chosen + " is not empty; name a new directory");
            }
        }
        return chosen;
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException e) throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
