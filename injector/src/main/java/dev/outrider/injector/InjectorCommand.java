package dev.outrider.injector;

import dev.outrider.certs.command.HelpOption;
import dev.outrider.certs.command.LifeTimeOption;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.injector.settings.SettingsException;
import dev.outrider.injector.webhook.WebhookServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code outrider injector}. */
@Command(
        name = "injector",
        description = {
            "Run the injector of a Kubernetes cluster: the admission webhook that puts the sidecar",
            "into new pods, and the controllers that keep the mesh's objects as they should be.",
            "Several replicas may run; one of them runs the controllers."
        },
        subcommands = StatusCommand.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider injector --config /etc/outrider/injector/injector.yaml",
            "  outrider injector --tls-cert tls.crt --tls-key tls.key --tls-ca ca.crt",
            "  outrider injector status",
            "",
            "docs/injector.md has its rights, ports, metrics and objects."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0: ended by SIGTERM",
            "1: it cannot run, and the output says why",
            "2: wrong usage"
        })
public final class InjectorCommand implements Callable<Integer> {
    private static final Path NAMESPACE_FILE = KubeApi.SERVICE_ACCOUNT.resolve("namespace");

    @Mixin final HelpOption help = new HelpOption();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "What is injected; watched. Without it, all defaults.")
    private @Nullable Path config;

    @Option(
            names = "--listen",
            defaultValue = "0.0.0.0:8443",
            converter = Address.class,
            description = "The webhook's host:port (default: ${DEFAULT-VALUE}).")
    private InetSocketAddress listen = new InetSocketAddress(0);

    @Option(
            names = "--health",
            defaultValue = "0.0.0.0:9443",
            converter = Address.class,
            description = "Of /live, /ready and /metrics (default: ${DEFAULT-VALUE}).")
    private InetSocketAddress health = new InetSocketAddress(0);

    @Option(
            names = "--namespace",
            defaultValue = "${env:OUTRIDER_NAMESPACE}",
            description = "The control plane's (default: the pod's own).")
    private @Nullable String namespace;

    @Option(
            names = "--service",
            defaultValue = "outrider-injector",
            description = "The webhook's Service (default: ${DEFAULT-VALUE}).")
    private String service = "";

    @Option(
            names = "--webhook",
            defaultValue = "outrider-injector",
            description =
                    "The MutatingWebhookConfiguration whose caBundle is kept (default:"
                            + " ${DEFAULT-VALUE}).")
    private String webhook = "";

    @Option(
            names = "--service-account",
            defaultValue = "${env:OUTRIDER_SERVICE_ACCOUNT:-outrider-injector}",
            description = "Its own, for its identity (default: ${DEFAULT-VALUE}).")
    private String serviceAccount = "";

    @Option(
            names = "--token",
            defaultValue = "/var/run/secrets/outrider/token",
            description = "What the authority is asked with (default: ${DEFAULT-VALUE}).")
    private Path token = Path.of("");

    @Option(
            names = "--trust",
            defaultValue = "/etc/outrider/trust/bundle.pem",
            description = "What the authority is known by (default: ${DEFAULT-VALUE}).")
    private Path trust = Path.of("");

    @ArgGroup(exclusive = false, heading = "A certificate from files instead, all followed:%n")
    private @Nullable CertificateFiles files;

    @Option(
            names = "--evict",
            description = "Evict pods that lack their sidecar or have one of another version.")
    private boolean evict;

    @Option(
            names = "--evict-per-minute",
            defaultValue = "2",
            description = "At most so many (default: ${DEFAULT-VALUE}).")
    private int evictPerMinute;

    @Option(
            names = "--spread",
            defaultValue = "5s",
            converter = LifeTimeOption.class,
            description =
                    "After SIGTERM, not ready for so long before connections are let go (default:"
                            + " ${DEFAULT-VALUE}).")
    private Duration spread = Duration.ZERO;

    @Option(
            names = "--drain",
            defaultValue = "20s",
            converter = LifeTimeOption.class,
            description = "After SIGTERM, the end at the latest (default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ZERO;

    @Mixin private ApiOption api = new ApiOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    /** All three or none. */
    static final class CertificateFiles {
        @Option(
                names = "--tls-cert",
                required = true,
                paramLabel = "FILE",
                description = "Its chain.")
        Path chain = Path.of("");

        @Option(names = "--tls-key", required = true, paramLabel = "FILE", description = "Its key.")
        Path key = Path.of("");

        @Option(
                names = "--tls-ca",
                required = true,
                paramLabel = "FILE",
                description = "The root for the caBundle.")
        Path roots = Path.of("");
    }

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException {
        if (evict && evictPerMinute < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--evict-per-minute must be 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        KubeApi kubernetes = api.open();
        Injector injector = Injector.start(kubernetes, settings());
        // SIGTERM is the ordinary end, so it is reported as one.
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> end(injector, kubernetes)));
        WebhookServer.Ports ports = injector.ports();
        out.printf(
                "listening on https://%s and http://%s%n",
                shown(ports.webhook()), shown(ports.health()));
        out.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private Injector.Settings settings() throws IOException {
        CertificateFiles given = files;
        Injector.Certificate certificate =
                given == null
                        ? new Injector.Certificate.Mesh(serviceAccount, token)
                        : new Injector.Certificate.Files(given.chain, given.key, given.roots);
        return new Injector.Settings(
                new WebhookServer.Ports(listen, health),
                Optional.ofNullable(config),
                controlPlane(),
                instance(),
                service,
                webhook,
                certificate,
                trust,
                evict ? evictPerMinute : 0,
                Injector.Pace.DEFAULTS);
    }

    private String controlPlane() throws IOException {
        if (namespace != null && !namespace.isEmpty()) {
            return namespace;
        }
        return Files.exists(NAMESPACE_FILE)
                ? Files.readString(NAMESPACE_FILE).strip()
                : "outrider-system";
    }

    /** The pod's name, which is its host name too. */
    private static String instance() throws UnknownHostException {
        String pod = System.getenv("OUTRIDER_POD_NAME");
        String name = pod == null || pod.isEmpty() ? InetAddress.getLocalHost().getHostName() : pod;
        return name + "_" + ProcessHandle.current().pid();
    }

    private void end(Injector injector, KubeApi kubernetes) {
        int code = 0;
        try {
            injector.drain(spread, drain);
            kubernetes.close();
        } catch (InterruptedException | RuntimeException e) {
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** host:port, brackets for IPv6. */
    static final class Address implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
                throw new TypeConversionException("'" + text + "' must be host:port");
            }
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port > 65_535) {
                throw new TypeConversionException("'" + text + "': a port is at most 65535");
            }
            return new InetSocketAddress(text.substring(0, colon).replaceAll("[\\[\\]]", ""), port);
        }
    }
}
