package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process as a user starts it. */
class CommandIT {
    @TempDir private Path folder = Path.of("");
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (Process each : started) {
            each.destroyForcibly();
            assertThat(each.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Path output() {
        return folder.resolve("output");
    }

    private String said() throws IOException {
        return Files.readString(output());
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output().toFile())
                        .start();
        started.add(process);
        return process;
    }

    private int run(String... arguments) throws Exception {
        Process process = start(arguments);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    private String config(int listen, int app) throws IOException {
        Path file = folder.resolve("web.yaml");
        Files.writeString(
                file,
                """
                name: web
                outbound:
                  listen: 127.0.0.1:%d
                  services:
                    app: {hosts: [app], endpoints: {static: ["127.0.0.1:%d"]}, mtls: false}
                admin: {listen: "127.0.0.1:0"}
                """
                        .formatted(listen, app));
        return file.toString();
    }

    private int listening(Process process, String listener) {
        Pattern line = Pattern.compile(listener + " listening on 127\\.0\\.0\\.1:([0-9]+)");
        await().atMost(Mesh.PATIENCE)
                .until(() -> !process.isAlive() || said().contains("ready in "));
        try {
            Matcher found = line.matcher(said());
            assertThat(found.find()).as(said()).isTrue();
            return Integer.parseInt(found.group(1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void checkSaysValidAndOpensNothing() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run("sidecar", "--config", config(taken.getLocalPort(), 1), "--check");

            assertThat(said()).isEqualToIgnoringNewLines("valid: web");
            assertThat(code).isZero();
        }
    }

    @Test
    void checkNamesFileAndLineAndMend() throws Exception {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "nam: web\noutbond: {}\n");

        int code = run("check", "--config", file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(said())
                .contains(file + ":1:")
                .contains("'nam'")
                .contains("'name'")
                .contains(file + ":2:")
                .contains("'outbond'");
    }

    @Test
    void aTakenPortIsNamedAndTheProcessEnds() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run("sidecar", "--config", config(taken.getLocalPort(), 1));

            assertThat(said())
                    .contains("outrider: outbound cannot listen on 127.0.0.1:")
                    .contains(Integer.toString(taken.getLocalPort()))
                    .contains("is another process on that port?")
                    .doesNotContain("\tat ");
            assertThat(code).isEqualTo(1);
        }
    }

    @Test
    void sigtermDrainsAndExitsWithZero() throws Exception {
        try (EchoApp app = new EchoApp()) {
            Process process = start("sidecar", "--config", config(0, app.port()));
            int port = listening(process, "outbound");
            CompletableFuture<RawClient.Answer> slow =
                    CompletableFuture.supplyAsync(() -> get(port, "/slow"));
            assertThat(app.slowCame.await(60, TimeUnit.SECONDS)).isTrue();

            process.destroy();
            await().atMost(Mesh.PATIENCE).until(() -> said().contains("draining"));
            app.release();

            assertThat(slow.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said()).isZero();
        }
    }

    @Test
    void sighupOpensTheAccessLogAnewAndLinesOfTheStartAreHeardAtEveryLevel() throws Exception {
        assumeThat(ignoresHangup())
                .as("under nohup the JVM leaves SIGHUP ignored, and so does every child")
                .isFalse();
        Path log = folder.resolve("access.log");
        Path rotated = folder.resolve("access.log.1");
        try (EchoApp app = new EchoApp()) {
            String file = config(0, app.port());
            Files.writeString(
                    Path.of(file),
                    "log: {level: warn}\naccessLog: {output: %s}\n".formatted(log),
                    StandardOpenOption.APPEND);
            Process process = start("sidecar", "--config", file);
            int port = listening(process, "outbound");
            assertThat(get(port, "/before").status()).isEqualTo(200);
            await().atMost(Mesh.PATIENCE).until(() -> Files.readString(log).contains("/before"));

            Files.move(log, rotated);
            Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
            assertThat(kill.waitFor(60, TimeUnit.SECONDS)).isTrue();

            // The file is opened with the next line that there is to write.
            await().atMost(Mesh.PATIENCE)
                    .until(() ->
                            get(port, "/after").status() == 200
                                    && Files.exists(log)
                                    && Files.readString(log).contains("/after"));
            assertThat(Files.readString(rotated)).contains("/before");
            assertThat(said()).doesNotContain("SIGHUP");
        }
    }

    /** The lowest bit of the mask is signal 1, see proc(5). */
    private static boolean ignoresHangup() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 1);
    }

    @Test
    void theAdminPortCanEndItToo() throws Exception {
        Process process = start("sidecar", "--config", config(0, 1));
        int admin = listening(process, "admin");

        assertThat(RawClient.call(admin, "POST", "localhost", "/quitquitquit").status())
                .isEqualTo(200);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said()).isZero();
    }

    @Test
    void aKillLeavesNothingThatHindersTheNextStart() throws Exception {
        try (EchoApp app = new EchoApp()) {
            Process first = start("sidecar", "--config", config(0, app.port()));
            int port = listening(first, "outbound");
            first.destroyForcibly();
            assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();

            Process second = start("sidecar", "--config", config(port, app.port()));

            assertThat(listening(second, "outbound")).isEqualTo(port);
            assertThat(get(port, "/").status()).isEqualTo(200);
        }
    }

    private static RawClient.Answer get(int port, String path) {
        try {
            return RawClient.get(port, "app", path);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
