package dev.outrider.sidecar.cost;

import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.VirtualMachine;
import dev.outrider.sidecar.Main;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A sidecar as a process of its own, with the JVM's options that the launcher gives it: leak
 * detection, which allocates for every buffer, is off there.
 */
final class SidecarProcess implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("..", "outrider");
    private static final Pattern OPTIONS = Pattern.compile("\nproxy=\\(([^)]*)\\)");
    private static final Pattern PORT =
            Pattern.compile("outbound listening on 127\\.0\\.0\\.1:([0-9]+)");
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Process process;
    private final Path output;

    SidecarProcess(Path folder, String yaml) throws IOException {
        Path config = Files.writeString(folder.resolve("sidecar.yaml"), yaml);
        output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(launcherOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "sidecar", "--config", config.toString()));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
    }

    private static List<String> launcherOptions() throws IOException {
        Matcher found = OPTIONS.matcher(Files.readString(LAUNCHER));
        if (!found.find()) {
            throw new IOException("no proxy=(…) in " + LAUNCHER);
        }
        return List.of(found.group(1).strip().split("\\s+"));
    }

    long pid() {
        return process.pid();
    }

    /** The port its app calls; waits until it is ready. */
    int port() throws IOException {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || said().contains("ready in "));
        Matcher found = PORT.matcher(said());
        if (!found.find()) {
            throw new IOException("the sidecar did not start: " + said());
        }
        return Integer.parseInt(found.group(1));
    }

    private String said() throws IOException {
        return Files.readString(output);
    }

    /** What its event loops allocate is asked from outside, which costs them nothing. */
    @SuppressWarnings("BanJNDI") // the address is that of our own child, who just gave it
    Loops loops() throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(pid()));
        try {
            String address = machine.startLocalManagementAgent();
            return new Loops(JMXConnectorFactory.connect(new JMXServiceURL(address)));
        } finally {
            machine.detach();
        }
    }

    /** The threads of the event loops of a process. */
    static final class Loops implements AutoCloseable {
        private final JMXConnector connection;
        private final ThreadMXBean threads;
        private final long[] ids;

        private Loops(JMXConnector connection) throws IOException {
            this.connection = connection;
            this.threads =
                    ManagementFactory.newPlatformMXBeanProxy(
                            connection.getMBeanServerConnection(),
                            ManagementFactory.THREAD_MXBEAN_NAME,
                            ThreadMXBean.class);
            this.ids =
                    Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                            .filter(each ->
                                    each != null && each.getThreadName().contains("EventLoop"))
                            .mapToLong(ThreadInfo::getThreadId)
                            .toArray();
        }

        int count() {
            return ids.length;
        }

        /** Bytes that they have allocated since they began. */
        long allocated() {
            return Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
