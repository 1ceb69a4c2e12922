package dev.outrider.certs;

import dev.outrider.certs.ca.AuditStream;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.CaSettings.Rate;
import dev.outrider.certs.ca.DnsNames;
import dev.outrider.certs.ca.cluster.ClusterAuthority;
import dev.outrider.certs.ca.cluster.ClusterSettings;
import dev.outrider.certs.command.ClusterOptions;
import dev.outrider.certs.command.HelpOption;
import dev.outrider.certs.command.LifeTimeOption;
import dev.outrider.certs.command.RotateRootCommand;
import dev.outrider.certs.command.TokenCommand;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code outrider ca}: the authority as a server. */
@Command(
        name = "ca",
        description = {
            "Run the mesh's certificate authority: an HTTPS server that signs for workloads.",
            "Makes its root and intermediate in --dir at the first start, or in a cluster, with",
            "--kubernetes, in a Secret that several replicas share (docs/ca-kubernetes.md)."
        },
        subcommands = {TokenCommand.class, RotateRootCommand.class},
        footerHeading = "%nExample:%n",
        footer = {
            "  outrider ca --dir ca --listen 127.0.0.1:8443 &",
            "  outrider ca token --dir ca --id spiffe://cluster.local/ns/shop/sa/web > token",
            "  outrider certs fetch --server https://127.0.0.1:8443 --bundle ca/bundle.pem \\",
            "    --id spiffe://cluster.local/ns/shop/sa/web --token-file token --out web",
            "",
            "It prints 'listening on https://…' when ready and ends cleanly on SIGTERM.",
            "It may be killed at any moment: its state on disk always loads.",
            "",
            "In a cluster:",
            "  outrider ca --kubernetes --listen 0.0.0.0:8443 \\",
            "    --host outrider-ca.outrider-system.svc"
        })
public final class CaCommand implements Callable<Integer> {
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

    /** Until a cluster sends nobody here any more. */
    private static final Duration SPREAD = Duration.ofSeconds(5);

    @Mixin final HelpOption help = new HelpOption();

    @Mixin private final ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--dir",
            defaultValue = "ca",
            description = "Where the authority lives (default: ${DEFAULT-VALUE}).")
    private Path dir = Path.of("");

    @Option(
            names = "--listen",
            defaultValue = "127.0.0.1:8443",
            description = "host:port; port 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private String listen = "";

    @Option(
            names = "--trust-domain",
            defaultValue = "cluster.local",
            description = "For the first start only (default: ${DEFAULT-VALUE}).")
    private String trustDomain = "";

    @Option(
            names = "--algorithm",
            defaultValue = "EC_P256",
            description = "Of root and intermediate: ${COMPLETION-CANDIDATES}; first start only.")
    private KeyAlgorithm algorithm = KeyAlgorithm.EC_P256;

    @Option(
            names = "--host",
            description = "A DNS name or address the server is reached by, for its certificate.")
    private List<String> hosts = List.of();

    @Option(
            names = "--dns-name",
            paramLabel = "ID=NAME",
            description =
                    "A DNS name for an identity's certificates, as ns/NAMESPACE/sa/ACCOUNT=NAME;"
                            + " may be repeated.")
    private List<String> dnsNames = List.of();

    @Option(
            names = "--svid-ttl",
            defaultValue = "24h",
            converter = LifeTimeOption.class,
            description = "Life of a workload's certificate (default: ${DEFAULT-VALUE}).")
    private Duration svidTtl = Duration.ZERO;

    @Option(
            names = "--jwt-ttl",
            defaultValue = "10m",
            converter = LifeTimeOption.class,
            description = "Life of a token, 5m to 15m (default: ${DEFAULT-VALUE}).")
    private Duration jwtTtl = Duration.ZERO;

    @Option(
            names = "--jwt-algorithm",
            defaultValue = "ES256",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private JwtAlgorithm jwtAlgorithm = JwtAlgorithm.ES256;

    @Option(
            names = "--jwt-key-period",
            defaultValue = "24h",
            converter = LifeTimeOption.class,
            description = "How long a token key signs (default: ${DEFAULT-VALUE}).")
    private Duration jwtKeyPeriod = Duration.ZERO;

    @Option(
            names = "--refresh-hint",
            defaultValue = "5m",
            converter = LifeTimeOption.class,
            description = "How long readers may keep the JWKS (default: ${DEFAULT-VALUE}).")
    private Duration refreshHint = Duration.ZERO;

    @Option(
            names = "--root-distribution",
            defaultValue = "1h",
            converter = LifeTimeOption.class,
            description =
                    "How long a new root is in the bundle before it signs"
                            + " (default: ${DEFAULT-VALUE}).")
    private Duration rootDistribution = Duration.ZERO;

    @Option(
            names = "--rate-per-address",
            defaultValue = "20",
            description = "Requests a second from one address (default: ${DEFAULT-VALUE}).")
    private double perAddress;

    @Option(
            names = "--rate-per-identity",
            defaultValue = "5",
            description = "Requests a second of one identity (default: ${DEFAULT-VALUE}).")
    private double perIdentity;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, KubeException, InterruptedException {
        if (cluster.kubernetes() && spec.commandLine().getParseResult().hasMatchedOption("--dir")) {
            throw new ParameterException(
                    spec.commandLine(), "--dir and --kubernetes are two places; give one");
        }
        CaServer server = cluster.kubernetes() ? inCluster(settings()) : onDisk(settings());
        // SIGTERM is the ordinary end, so it is reported as one.
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().unstarted(() -> end(server, cluster.kubernetes())));
        InetSocketAddress address = server.address();
        spec.commandLine()
                .getOut()
                .printf("listening on https://%s:%d%n", shown(address), address.getPort());
        spec.commandLine().getOut().flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private CaServer onDisk(CaSettings settings) throws IOException {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        AuthorityDirectory directory =
                AuthorityDirectory.exists(dir)
                        ? AuthorityDirectory.open(dir, random)
                        : AuthorityDirectory.create(
                                dir, trustDomain, algorithm, clock.instant(), random);
        return CaServer.start(directory, settings, clock, random);
    }

    /** An API server that is away is waited for, as it may be starting itself. */
    private CaServer inCluster(CaSettings settings)
            throws IOException, KubeException, InterruptedException {
        ClusterSettings where = cluster.settings(trustDomain, algorithm);
        long until = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (true) {
            try {
                return ClusterAuthority.start(
                        KubeApi.inCluster(),
                        where,
                        settings,
                        new AuditStream(System.out),
                        InstantSource.system(),
                        new SecureRandom());
            } catch (KubeException e) {
                if (!e.retryable() || System.nanoTime() - until > 0) {
                    throw e;
                }
                spec.commandLine().getErr().println("outrider: waiting: " + e.getMessage());
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private CaSettings settings() {
        int colon = listen.lastIndexOf(':');
        if (colon < 1 || !listen.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("--listen '" + listen + "' must be host:port");
        }
        String host = listen.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(listen.substring(colon + 1));
        List<String> names = new ArrayList<>(CaSettings.DEFAULTS.hosts());
        names.addAll(hosts);
        return new CaSettings(
                new InetSocketAddress(host, port),
                names,
                svidTtl,
                jwtTtl,
                new JwtKeys.Schedule(jwtAlgorithm, jwtKeyPeriod, refreshHint),
                new Rate(perAddress, burst(perAddress, 10)),
                new Rate(perIdentity, burst(perIdentity, 20)),
                DnsNames.parse(dnsNames),
                rootDistribution);
    }

    /** So many seconds' worth at once. */
    private static int burst(double rate, int seconds) {
        return (int) Math.max(1, Math.ceil(rate * seconds));
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private static void end(CaServer server, boolean routedTo) {
        int code = 0;
        try {
            if (routedTo) {
                server.announceEnd();
                Thread.sleep(SPREAD);
            }
            server.close();
        } catch (IOException | InterruptedException e) {
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }
}
