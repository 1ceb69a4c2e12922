package dev.outrider.certs.command;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code outrider certs fetch}, also known as {@code renew}. */
@Command(
        name = "fetch",
        aliases = "renew",
        description = {
            "Get a certificate from a running authority: the first one with a token,",
            "a renewed one by showing the files that are still valid."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider certs fetch --server https://127.0.0.1:8443 --bundle bundle.pem \\",
            "    --id spiffe://cluster.local/ns/shop/sa/web --token-file token --out web",
            "  outrider certs renew --server https://127.0.0.1:8443 --bundle bundle.pem \\",
            "    --out web"
        })
public final class FetchCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(
            names = "--server",
            required = true,
            description = "https://host:port of the authority.")
    private URI server = URI.create("");

    @Option(names = "--bundle", required = true, description = "The trust bundle, PEM.")
    private Path bundle = Path.of("");

    @Option(
            names = "--id",
            converter = SpiffeIdOption.class,
            description = "Who we are; needed with --token-file.")
    private @Nullable SpiffeId id;

    @Option(
            names = "--token-file",
            description = "File with a bootstrap token. Without it the files in --out are renewed.")
    private @Nullable Path tokenFile;

    @Option(names = "--out", defaultValue = ".", description = "Directory for the files.")
    private Path out = Path.of("");

    @Option(names = "--name", defaultValue = "svid", description = "Stem of the files' names.")
    private String name = "";

    @Option(
            names = "--algorithm",
            defaultValue = "EC_P256",
            description = "Kind of the key: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private KeyAlgorithm algorithm = KeyAlgorithm.EC_P256;

    @Option(names = "--force", description = "Replace files that exist, the key too.")
    private boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, CaException {
        TrustBundle trust = TrustBundle.load(bundle);
        try (CaClient client = new CaClient(server, trust)) {
            X509Svid svid;
            if (tokenFile == null) {
                X509Svid held =
                        X509Svid.load(out.resolve(name + ".pem"), out.resolve(name + "-key.pem"));
                svid = client.fetchSvid(held.id(), algorithm, new BootstrapProof.Current(held));
            } else if (id == null) {
                throw new ParameterException(spec.commandLine(), "--token-file needs --id");
            } else {
                String token = Files.readString(tokenFile).strip();
                svid = client.fetchSvid(id, algorithm, new BootstrapProof.Token(token));
            }
            // Renewing is the asking: the pair it came from is meant to be replaced.
            boolean replace = force || tokenFile == null;
            new OutputFiles(out, replace).add(svid, name, client.fetchBundle().toPem()).write();
            spec.commandLine()
                    .getOut()
                    .println(out.resolve(name + ".pem") + " is valid until " + svid.notAfter());
        }
        return 0;
    }
}
