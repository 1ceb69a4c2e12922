package dev.outrider.certs.command;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.Pem;
import dev.outrider.certs.SigningRequest;
import dev.outrider.certs.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider certs csr}. */
@Command(
        name = "csr",
        description = "Make a key and a signing request, for an authority elsewhere.",
        footerHeading = "%nExample:%n",
        footer = {
            "  outrider certs csr --id spiffe://cluster.local/ns/shop/sa/web --out web",
            "  outrider certs issue --ca ca --id spiffe://cluster.local/ns/shop/sa/web \\",
            "    --csr web/svid.csr --out web"
        })
public final class CsrCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(
            names = "--id",
            required = true,
            converter = SpiffeIdOption.class,
            description = "Whom the certificate will be for.")
    private @Nullable SpiffeId id;

    @Option(names = "--out", defaultValue = ".", description = "Directory for the two files.")
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
    public Integer call() throws IOException {
        SpiffeId whose = Objects.requireNonNull(id);
        KeyPair pair = algorithm.generate(new SecureRandom());
        new OutputFiles(out, force)
                .add(name + "-key.pem", Pem.encode(pair.getPrivate()))
                .add(name + ".csr", SigningRequest.create(pair, whose))
                .write();
        spec.commandLine().getOut().println(out.resolve(name + ".csr"));
        return 0;
    }
}
