package dev.outrider.certs;

import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.CaSettings.Rate;
import dev.outrider.certs.ca.DnsNames;
import dev.outrider.certs.command.HelpOption;
import dev.outrider.certs.command.LifeTimeOption;
import dev.outrider.certs.command.TokenCommand;
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
import picocli.CommandLine.Spec;

/** {@code outrider ca}: the authority as a server. */
@Command(
        name = "ca",
        description = {
            "Run the mesh's certificate authority: an HTTPS server that signs for workloads.",
            "Makes its root and intermediate in --dir at the first start."
        },
        subcommands = TokenCommand.class,
        footerHeading = "%nExample:%n",
        footer = {
            "  outrider ca --dir ca --listen 127.0.0.1:8443 &",
            "  outrider ca token --dir ca --id spiffe://cluster.local/ns/shop/sa/web > token",
            "  outrider certs fetch --server https://127.0.0.1:8443 --bundle ca/bundle.pem \\",
            "    --id spiffe://cluster.local/ns/shop/sa/web --token-file token --out web",
            "",
            "It prints 'listening on https://…' when ready and ends cleanly on SIGTERM.",
            "It may be killed at any moment: its state on disk always loads."
        })
public final class CaCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

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
    public Integer call() throws IOException, InterruptedException {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        CaSettings settings = settings();
        AuthorityDirectory directory =
                AuthorityDirectory.exists(dir)
                        ? AuthorityDirectory.open(dir, random)
                        : AuthorityDirectory.create(
                                dir, trustDomain, algorithm, clock.instant(), random);
        SecretFiles.replace(dir.resolve("bundle.pem"), directory.authority().bundle().toPem());
        CaServer server = CaServer.start(directory, settings, clock, random);
        // SIGTERM is the ordinary end, so it is reported as one.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(server)));
        InetSocketAddress address = server.address();
        spec.commandLine()
                .getOut()
                .printf("listening on https://%s:%d%n", shown(address), address.getPort());
        spec.commandLine().getOut().flush();
        new CountDownLatch(1).await();
        return 0;
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
                DnsNames.parse(dnsNames));
    }

    /** So many seconds' worth at once. */
    private static int burst(double rate, int seconds) {
        return (int) Math.max(1, Math.ceil(rate * seconds));
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private static void end(CaServer server) {
        int code = 0;
        try {
            server.close();
        } catch (IOException e) {
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }
}
