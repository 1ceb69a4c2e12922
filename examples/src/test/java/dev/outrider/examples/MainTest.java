package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.process.Ports;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @TempDir Path directory;

    @Test
    void aTakenPortIsToldBeforeAnythingStarts() throws Exception {
        int base = Ports.anywhere(new Random(3), Workload.portNames()).of("zipkin");
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), base + 1));

            int code = line.execute("demo", "--once", "--base-port", Integer.toString(base));

            assertThat(code).isEqualTo(2);
            assertThat(err.toString())
                    .startsWith("port " + (base + 1) + " (for ca) is taken")
                    .contains("--base-port");
        }
    }

    @Test
    void aDirectoryWithContentIsLeftAlone() throws IOException {
        Files.writeString(directory.resolve("mine"), "keep");

        assertThat(line.execute("demo", "--once", "--dir", directory.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("is not empty");
        assertThat(directory.resolve("mine")).hasContent("keep");
    }

    @Test
    void completionKnowsTheCommandsAndTheirOptions() {
        assertThat(line.execute("completion")).isZero();

        assertThat(out.toString())
                .startsWith("#!/usr/bin/env bash")
                .contains(
                        "complete -F _complete_outrider",
                        "--base-port",
                        "--svid-ttl",
                        "--evict-per-minute");
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(line.execute("--version")).isZero();

        assertThat(out.toString().strip()).matches("outrider [0-9]+\\.[0-9]+\\.[0-9]+.*");
    }
}
