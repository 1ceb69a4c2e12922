package dev.outrider.examples.mesh;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.examples.process.Patience.InVainException;
import dev.outrider.examples.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CA, Zipkin, services and sidecars as child processes, and the addresses of all of them. */
public final class Mesh {
    /** The shortest life the CA gives: a certificate is renewed about every 18 seconds. */
    private static final String SVID_LIFE = "30s";

    private static final Duration START = Duration.ofSeconds(120);

    private final Path directory;
    private final Ports ports;
    private final Programs programs;
    private final Family family;
    private final Patience patience;
    private final Http http;
    private final SidecarFile files;

    public Mesh(
            Path directory,
            Ports ports,
            Programs programs,
            Family family,
            Patience patience,
            Http http) {
        this.directory = directory;
        this.ports = ports;
        this.programs = programs;
        this.family = family;
        this.patience = patience;
        this.http = http;
        this.files = new SidecarFile(ports, directory);
    }

    public void startZipkin(Path jar) throws IOException {
        family.start("zipkin", programs.zipkin(jar, ports.of("zipkin")), Map.of());
    }

    public void startCa() throws IOException {
        Path ca = directory.resolve("ca");
        family.start("ca", programs.ca(ca, ports.of("ca"), SVID_LIFE), Map.of());
    }

    /**
     * Waits for the CA, then gives each identity its bootstrap token ({@code outrider ca token}).
     */
    public void awaitCa() throws IOException, InterruptedException {
        Child ca = family.child("ca");
        await(ca, () -> ca.output().contains("listening on https://"));
        AuthorityDirectory authority =
                AuthorityDirectory.open(directory.resolve("ca"), new SecureRandom());
        for (String service : List.of("web", "orders", "billing", "intruder", EdgeFile.NAME)) {
            String token =
                    authority
                            .tokens()
                            .create(
                                    SpiffeId.parse(SidecarFile.id(service)),
                                    Duration.ofDays(1),
                                    false,
                                    InstantSource.system().instant());
            SecretFiles.create(files.token(service), token + "\n");
        }
    }

    public void startService(Workload workload) throws IOException {
        String store = directory.resolve(workload.service() + ".db").toString();
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                workload.service(),
                                "--port",
                                Integer.toString(ports.of(workload.app()))));
        arguments.addAll(
                switch (workload.service()) {
                    case "web" -> List.of("--sidecar", outboundPort(workload));
                    case "orders" -> List.of("--sidecar", outboundPort(workload), "--store", store);
                    default -> List.of("--instance", workload.instance(), "--store", store);
                });
        family.start(workload.instance(), programs.service(arguments), Map.of());
    }

    public void startSidecar(Workload workload) throws IOException {
        Path configuration = directory.resolve(workload.sidecar() + ".yaml");
        Files.writeString(configuration, files.text(workload));
        family.start(workload.sidecar(), programs.sidecar(configuration), Map.of());
    }

    public void startEdge() throws IOException {
        Path configuration = directory.resolve("edge.yaml");
        // A store that is not there might have held keys that are revoked; an empty one has none.
        SecretFiles.create(directory.resolve("api-keys.json"), "{\"version\": 1, \"keys\": []}\n");
        Files.writeString(configuration, new EdgeFile(ports, directory, files).text());
        family.start(EdgeFile.NAME, programs.sidecar(configuration), Map.of());
    }

    public void awaitEdge() throws IOException, InterruptedException {
        awaitHttp(EdgeFile.NAME, edgeAdmin().resolve("/ready"));
    }

    public void awaitZipkin() throws IOException, InterruptedException {
        awaitHttp("zipkin", zipkin().resolve("/health"));
    }

    public void awaitService(Workload workload) throws IOException, InterruptedException {
        awaitHttp(workload.instance(), app(workload).resolve("/health"));
    }

    public void awaitSidecar(Workload workload) throws IOException, InterruptedException {
        awaitHttp(workload.sidecar(), admin(workload).resolve("/ready"));
    }

    /** Ends a process as a crash would. */
    public void kill(String process) throws InterruptedException {
        family.child(process).kill();
    }

    /** What a process has written so far. */
    public String log(String process) throws IOException {
        return family.child(process).output();
    }

    public URI zipkin() {
        return local("http", ports.of("zipkin"));
    }

    public URI app(Workload workload) {
        return local("http", ports.of(workload.app()));
    }

    public URI admin(Workload workload) {
        return local("http", ports.of(workload.admin()));
    }

    /** Where clients from outside enter. */
    public URI edge() {
        return local("http", ports.of("edge"));
    }

    public URI edgeAdmin() {
        return local("http", ports.of("edge admin"));
    }

    /** Where browsers enter: the web sidecar's inbound port. */
    public URI door() {
        return local("http", ports.of(Workload.WEB.inbound()));
    }

    public AccessLogs accessLogs() {
        return new AccessLogs(files);
    }

    /** A holder of the identity of a service account. */
    public Passport passport(String service) throws IOException {
        return new Passport(
                local("https", ports.of("ca")),
                files.bundle(),
                SidecarFile.id(service),
                files.token(service));
    }

    /** A client that talks to a workload's inbound port itself. */
    public PlainClient plainClient(Workload workload) throws IOException {
        return new PlainClient(
                local("https", ports.of(workload.inbound())),
                files.bundle(),
                SidecarFile.id(workload.service()));
    }

    private String outboundPort(Workload workload) {
        return Integer.toString(ports.of(workload.outbound()));
    }

    private interface Ready {
        boolean now() throws Exception;
    }

    private void awaitHttp(String child, URI uri) throws IOException, InterruptedException {
        await(family.child(child), () -> http.get(uri).status() == 200);
    }

    private void await(Child child, Ready ready) throws IOException, InterruptedException {
        try {
            patience.await(
                    child.name() + " to be ready",
                    START,
                    () -> !child.alive(),
                    () -> ready.now() ? Optional.of(true) : Optional.empty());
        } catch (InVainException e) {
            String how = child.alive() ? "is still running" : "has ended";
            throw new IOException(
                    "%s; it %s and its log %s ends with:%n%s"
                            .formatted(e.getMessage(), how, child.log(), child.lastWords()),
                    e);
        }
    }

    private static URI local(String scheme, int port) {
        return URI.create(scheme + "://127.0.0.1:" + port);
    }
}
