package dev.outrider.examples.kubelet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of a container's image, which is always Outrider's. */
sealed interface ImageFiles {
    /** As the image names it. */
    Map<String, String> environment();

    /** Lines of bash that lay them out below {@code $root}, an empty directory. */
    List<String> mounts();

    /** The launcher, seen from this machine, and the Java it is to run on. */
    Path launcher();

    Path java();

    /**
     * The unpacked image that {@code -Doutrider.image} names; else the release that the build has
     * laid out, or {@code -Doutrider.release}.
     */
    static Optional<ImageFiles> find() throws IOException {
        String image = System.getProperty("outrider.image");
        if (image != null) {
            return Optional.of(new Unpacked(Path.of(image)));
        }
        String release = System.getProperty("outrider.release");
        Path java = Path.of(System.getProperty("java.home"));
        Path target = Path.of("target").toAbsolutePath();
        if (release != null || !Files.isDirectory(target)) {
            return Optional.ofNullable(release).map(Path::of).map(it -> new Release(it, java));
        }
        try (Stream<Path> all = Files.list(target)) {
            return all.filter(it -> it.getFileName().toString().startsWith("outrider-"))
                    .filter(it -> Files.isExecutable(it.resolve("outrider")))
                    .findFirst()
                    .map(it -> new Release(it, java));
        }
    }

    /** What {@code k8s/image/build} made, which writes to a directory of its own. */
    record Unpacked(Path directory) implements ImageFiles {
        private static final String HOME = "/usr/lib/jvm/outrider";

        @Override
        public Map<String, String> environment() {
            return Map.of(
                    "PATH",
                    "/usr/local/bin:/usr/sbin:/usr/bin:" + HOME + "/bin",
                    "LANG",
                    "C.UTF-8",
                    "JAVA_HOME",
                    HOME);
        }

        @Override
        public List<String> mounts() {
            return List.of(
                    "mkdir \"$root/upper\" \"$root/work\" \"$root/merged\"",
                    "mount -t overlay -o \"lowerdir=%s,upperdir=$root/upper,workdir=$root/work\" image \"$root/merged\""
                            .formatted(directory),
                    "root=$root/merged");
        }

        @Override
        public Path launcher() {
            return directory.resolve("opt/outrider/outrider");
        }

        @Override
        public Path java() {
            return directory.resolve(HOME.substring(1));
        }
    }

    /** A release at {@code /opt/outrider}, a Java, and this machine's {@code /usr} as a Debian. */
    record Release(Path home, Path java) implements ImageFiles {
        @Override
        public Map<String, String> environment() {
            return Map.of(
                    "PATH", "/opt/outrider:/opt/java/bin:/usr/sbin:/usr/bin",
                    "LANG", "C.UTF-8",
                    "JAVA_HOME", "/opt/java");
        }

        @Override
        public List<String> mounts() {
            List<String> lines = new ArrayList<>();
            lines.add("for name in bin sbin lib lib64; do ln -s usr/$name \"$root/$name\"; done");
            lines.addAll(bind(Path.of("/usr"), "/usr"));
            lines.addAll(bind(home, "/opt/outrider"));
            lines.addAll(bind(java, "/opt/java"));
            lines.add(
                    "mkdir \"$root/proc\" \"$root/dev\" \"$root/etc\" \"$root/run\" \"$root/var\"");
            lines.add("mkdir -m 1777 \"$root/tmp\"");
            // Relative: what is mounted below it must not be made on this machine.
            lines.add("ln -s ../run \"$root/var/run\"");
            return lines;
        }

        private static List<String> bind(Path source, String place) {
            return List.of(
                    "mkdir -p \"$root%s\"".formatted(place),
                    "mount --bind '%s' \"$root%s\"".formatted(source, place),
                    "mount -o remount,bind,ro \"$root%s\"".formatted(place));
        }

        @Override
        public Path launcher() {
            return home.resolve("outrider");
        }
    }
}
