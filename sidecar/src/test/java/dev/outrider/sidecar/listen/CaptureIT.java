package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Asks the real kernel where redirected connections were going, in a network namespace of its own.
 * Needs root, iproute2 and iptables, and is skipped without.
 */
class CaptureIT {
    private static final String NAMESPACE = "outrider-test-" + ProcessHandle.current().pid();
    private static final String IPV4 = "192.0.2.9";
    private static final String IPV6 = "2001:db8::9";

    private record Result(int status, String output) {}

    @BeforeAll
    static void prepare() throws Exception {
        Result made = run("ip", "netns", "add", NAMESPACE);
        assumeTrue(made.status == 0, "no network namespace can be made (is this root?): " + made);
        inside("ip", "link", "set", "lo", "up");
        inside("ip", "addr", "add", IPV4 + "/32", "dev", "lo");
        inside("ip", "addr", "add", IPV6 + "/128", "dev", "lo");
        redirect("iptables", 8080, CaptureMain.IPV4_PORT);
        redirect("iptables", CaptureMain.OWN_PORT, CaptureMain.IPV4_PORT);
        redirect("iptables", 8082, CaptureMain.DUAL_PORT);
        redirect("ip6tables", 8080, CaptureMain.DUAL_PORT);
    }

    @AfterAll
    static void remove() throws Exception {
        var _ = run("ip", "netns", "del", NAMESPACE);
    }

    @Test
    void learnsTheOriginalDestinationWithEpoll() throws Exception {
        learnsTheOriginalDestination("epoll");
    }

    @Test
    void learnsTheOriginalDestinationWithIoUring() throws Exception {
        assumeTrue(IoUring.isAvailable(), "this kernel has no io_uring for us");
        learnsTheOriginalDestination("io_uring");
    }

    private static void learnsTheOriginalDestination(String transport) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-cp", classPath(), CaptureMain.class.getName(), transport));
        command.add(IPV4 + ":8080");
        command.add(IPV4 + ":8082");
        command.add("[" + IPV6 + "]:8080");
        command.add(IPV4 + ":" + CaptureMain.OWN_PORT);
        command.add(IPV4 + ":" + CaptureMain.IPV4_PORT);
        command.add("[" + IPV6 + "]:" + CaptureMain.DUAL_PORT);
        Result result = run(enter(command.toArray(String[]::new)));
        assertThat(result.output)
                .contains("192.0.2.9:8080 -> 192.0.2.9:8080\n")
                .contains("192.0.2.9:8082 -> 192.0.2.9:8082\n") // IPv4 on a dual-stack socket
                .contains("[2001:db8::9]:8080 -> [2001:db8::9]:8080\n")
                .contains("192.0.2.9:8081 -> \n")
                .contains("loops 1\n")
                .contains("uncaptured 2\n");
        assertThat(result.status).isZero();
    }

    private static void redirect(String tables, int from, int to) throws Exception {
        inside(
                tables,
                "-w",
                "-t",
                "nat",
                "-A",
                "OUTPUT",
                "-p",
                "tcp",
                "--dport",
                String.valueOf(from),
                "-j",
                "REDIRECT",
                "--to-ports",
                String.valueOf(to));
    }

    private static void inside(String... command) throws Exception {
        Result result = run(enter(command));
        assumeTrue(result.status == 0, String.join(" ", command) + " does not work: " + result);
    }

    private static String[] enter(String... command) {
        List<String> entered = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
        entered.addAll(List.of(command));
        return entered.toArray(String[]::new);
    }

    private static Result run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            return new Result(-1, e.toString());
        }
    }

    /** A launcher may load the tests by a class path of its own. */
    private static String classPath() {
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
        if (CaptureIT.class.getClassLoader() instanceof URLClassLoader loader) {
            for (URL each : loader.getURLs()) {
                path.append(File.pathSeparator).append(each.getPath());
            }
        }
        return path.toString();
    }
}
