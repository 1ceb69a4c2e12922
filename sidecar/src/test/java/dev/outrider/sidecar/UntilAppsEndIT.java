package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A proxy among real processes in a PID namespace, whose first is a shell in the place of {@code
 * pause}.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class UntilAppsEndIT {
    private Path folder;
    private Mesh mesh;
    private @Nullable Process pod;

    @BeforeEach
    void needRoot(@TempDir Path fresh) throws Exception {
        folder = fresh;
        Process tried =
                new ProcessBuilder("sh", "-c", "unshare --pid --fork --mount-proc true")
                        .redirectErrorStream(true)
                        .start();
        assumeTrue(
                tried.waitFor(60, TimeUnit.SECONDS) && tried.exitValue() == 0,
                "needs the right to make a PID namespace");
        mesh = new Mesh(fresh);
    }

    @AfterEach
    void endPod() throws Exception {
        if (pod != null) {
            // With the first process the kernel ends the whole namespace.
            pod.descendants().forEach(ProcessHandle::destroyForcibly);
            pod.destroyForcibly().waitFor();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    private void start(String option, String apps) throws IOException {
        Path config =
                Files.writeString(
                        folder.resolve("web.yaml"),
                        mesh.identity(Mesh.ORDERS)
                                        .replace(
                                                "{loops: 1}",
                                                "{loops: 1, spread: 300s, drain: 400s, settle: 300s}")
                                + "inbound: {listen: \"127.0.0.1:0\"}\n"
                                + "outbound: {listen: \"127.0.0.1:0\", capture: true}\n"
                                + "pod: {listen: \"127.0.0.1:0\", probes: {one/poststart: {noted:"
                                + " true}, two/poststart: {noted: true}}}\n");
        Files.writeString(
                folder.resolve("pod.sh"),
                """
                java=$1 classes=$2 folder=$3
                "$java" --enable-native-access=ALL-UNNAMED -Xmx64m -XX:TieredStopAtLevel=1 \\
                    -cp "$classes" dev.outrider.sidecar.Main sidecar --config %s %s \\
                    >"$folder/log" 2>&1 &
                proxy=$!
                for app in %s; do
                    (
                        while [ ! -e "$folder/$app-start" ]; do sleep 0.05; done
                        exec setsid sh -c 'while [ ! -e "$0" ]; do sleep 0.05; done' "$folder/$app-stop"
                    ) &
                done
                wait $proxy
                echo $? >"$folder/status"
                """
                        .formatted(config, option, apps));
        pod =
                new ProcessBuilder(
                                List.of(
                                        "unshare",
                                        "--pid",
                                        "--fork",
                                        "--mount-proc",
                                        "sh",
                                        folder.resolve("pod.sh").toString(),
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        System.getProperty("java.class.path"),
                                        folder.toString()))
                        .inheritIO()
                        .start();
    }

    private String log() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private void let(String what) throws IOException {
        Files.createFile(folder.resolve(what));
    }

    /** Its second app is never there when somebody looks, as if it had come and gone in between. */
    @Test
    void endsThoughAnAppWasTooShortToBeSeenSinceTheKubeletTellsOfIt() throws Exception {
        start("--until-apps-end=2", "one");
        await().atMost(Mesh.PATIENCE).until(() -> log().contains("ready in "));
        let("one-start");
        String listening = log().split("pod listening on 127.0.0.1:", -1)[1];
        int port = Integer.parseInt(listening.split("\\D", 2)[0]);
        for (String app : List.of("one", "two")) {
            assertThat(RawClient.get(port, "pod", "/probe/" + app + "/poststart").status())
                    .isEqualTo(200);
        }
        assertThat(folder.resolve("status")).doesNotExist();
        let("one-stop");
        await().atMost(Mesh.PATIENCE).until(() -> Files.exists(folder.resolve("status")));
        await().atMost(Mesh.PATIENCE)
                .untilAsserted(() -> assertThat(folder.resolve("status")).hasContent("0"));
        assertThat(log()).contains("all processes of the apps have ended");
    }

    @Test
    void endsByItselfAndWellOnceTheAppsHaveEnded() throws Exception {
        start("--until-apps-end=2", "one two");
        await().atMost(Mesh.PATIENCE).until(() -> log().contains("ready in "));
        let("one-start");
        let("two-start");
        let("one-stop");
        assertThat(folder.resolve("status")).doesNotExist();
        let("two-stop");
        await().atMost(Mesh.PATIENCE).until(() -> Files.exists(folder.resolve("status")));
        await().atMost(Mesh.PATIENCE)
                .untilAsserted(() -> assertThat(folder.resolve("status")).hasContent("0"));
        assertThat(log()).contains("all processes of the apps have ended");
    }
}
