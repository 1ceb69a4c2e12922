package dev.outrider.examples.mesh;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Command lines of this project's own programs, run by the Java and from the class path that run
 * this one.
 */
public record Programs(String java, String classPath) {
    /** Many small JVMs on one machine: the quick compiler alone starts them sooner. */
    private static final List<String> SMALL =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private static final List<String> NATIVE =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    public static Programs ofThisProcess() {
        String absolute =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return new Programs(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), absolute);
    }

    public List<String> ca(Path directory, int port, String svidLife) {
        return program(
                "-Xmx96m",
                "dev.outrider.certs.Main",
                List.of(
                        "ca",
                        "--dir",
                        directory.toString(),
                        "--listen",
                        "127.0.0.1:" + port,
                        "--svid-ttl",
                        svidLife));
    }

    public List<String> sidecar(Path configuration) {
        return program(
                "-Xmx160m",
                "dev.outrider.sidecar.Main",
                List.of("sidecar", "--config", configuration.toString()));
    }

    List<String> service(List<String> arguments) {
        // JDK's HTTP server writes head and body apart; without nodelay that costs 40 ms.
        return program(
                "-Xmx96m -Djdk.httpclient.allowRestrictedHeaders=host -Dsun.net.httpserver.nodelay=true"
                        + " -Dsun.net.httpserver.maxReqTime=10",
                "dev.outrider.examples.service.ServiceMain",
                arguments);
    }

    List<String> zipkin(Path jar, int port) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(SMALL);
        command.add("-Xmx256m");
        command.add("-jar");
        command.add(jar.toString());
        command.add("--armeria.ports[0].address=127.0.0.1");
        command.add("--armeria.ports[0].port=" + port);
        command.add("--armeria.ports[0].protocols[0]=http");
        return command;
    }

    /** The one whose main method is in that class. */
    public List<String> program(String flags, String main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(SMALL);
        command.addAll(NATIVE);
        command.addAll(List.of(flags.split(" ")));
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return command;
    }
}
