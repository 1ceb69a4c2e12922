package dev.outrider.examples.mesh;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where Zipkin's server jar is: beside this module's classes, where the build puts it; in the
 * user's cache; or, from a release archive, fetched there with Maven.
 */
public final class ZipkinJar {
    private static final String ARTIFACT = "io.zipkin:zipkin-server:3.6.1:jar:exec";
    private static final String COPY =
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";
    private static final long LONGEST_FETCH_MINUTES = 10;

    private ZipkinJar() {}

    /** The jar, if it is on this machine. */
    public static Optional<Path> find(Map<String, String> environment) {
        return candidates(environment).stream().filter(Files::isRegularFile).findFirst();
    }

    /** Fetches the jar of 135 MB into the user's cache; the exception says what to do instead. */
    public static Path fetch(Map<String, String> environment)
            throws IOException, InterruptedException {
        Path jar = cached(environment);
        Path directory = Objects.requireNonNull(jar.getParent());
        Files.createDirectories(directory);
        String instead =
                "; get " + ARTIFACT + " from Maven Central yourself and name it with --zipkin-jar";
        try {
            Process maven =
                    new ProcessBuilder(
                                    "mvn",
                                    "-q",
                                    "-B",
                                    COPY,
                                    "-Dartifact=" + ARTIFACT,
                                    "-DoutputDirectory=" + directory)
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("maven.log").toFile())
                            .start();
            if (!maven.waitFor(LONGEST_FETCH_MINUTES, TimeUnit.MINUTES)) {
                maven.destroyForcibly();
            }
        } catch (IOException e) {
            throw new IOException(
                    "Zipkin is not here and there is no mvn to fetch it" + instead, e);
        }
        if (!Files.isRegularFile(jar)) {
            throw new IOException(
                    "mvn could not fetch Zipkin, see " + directory.resolve("maven.log") + instead);
        }
        return jar;
    }

    private static List<Path> candidates(Map<String, String> environment) {
        // The build's lib/ is two levels below its target/, its classes are one.
        Path jar = Path.of("zipkin", "zipkin-server.jar");
        return List.of(
                home().resolve(jar),
                home().resolve("../..").normalize().resolve(jar),
                cached(environment));
    }

    private static Path cached(Map<String, String> environment) {
        String cache = environment.get("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty()
                        ? Path.of(environment.getOrDefault("HOME", "/tmp"), ".cache")
                        : Path.of(cache);
        return base.resolve("outrider").resolve("zipkin-server-3.6.1-exec.jar");
    }

    /** The directory of this module's classes or jar. */
    private static Path home() {
        try {
            Path code =
                    Path.of(
                            ZipkinJar.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return Objects.requireNonNull(code.toAbsolutePath().getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path holds what is no file", e);
        }
    }
}
