package dev.outrider.certs.command;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.CertificateRequest;
import dev.outrider.certs.CsrException;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.Pem;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuthorityDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider certs issue}. */
@Command(
        name = "issue",
        description = "Issue a workload's certificate (X.509-SVID) straight from the directory.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider certs issue --ca ca --id spiffe://cluster.local/ns/shop/sa/web --out web",
            "      writes web/svid.pem, web/svid-key.pem and web/bundle.pem",
            "  outrider certs issue --ca ca --id … --out old --ttl 1h \\",
            "    --valid-from 2026-01-01T00:00:00Z",
            "      a certificate that has expired, to see what refuses it"
        })
public final class IssueCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(names = "--ca", required = true, description = "The authority's directory.")
    private Path ca = Path.of("");

    @Option(
            names = "--id",
            required = true,
            converter = SpiffeIdOption.class,
            description = "Whom the certificate is for.")
    private @Nullable SpiffeId id;

    @Option(names = "--out", defaultValue = ".", description = "Directory for the files.")
    private Path out = Path.of("");

    @Option(names = "--name", defaultValue = "svid", description = "Stem of the files' names.")
    private String name = "";

    @Option(
            names = "--ttl",
            defaultValue = "24h",
            converter = LifeTimeOption.class,
            description = "How long it lives (default: ${DEFAULT-VALUE}).")
    private Duration ttl = CertificateAuthority.DEFAULT_TTL;

    @Option(
            names = "--valid-from",
            description = "Start of its life as 2026-01-01T00:00:00Z (default: now).")
    private @Nullable Instant validFrom;

    @Option(
            names = "--algorithm",
            defaultValue = "EC_P256",
            description = "Kind of the key: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private KeyAlgorithm algorithm = KeyAlgorithm.EC_P256;

    @Option(
            names = "--csr",
            description = "Sign this request, which must be for the same id, instead of a new key.")
    private @Nullable Path csr;

    @Option(
            names = "--host",
            description =
                    "A DNS name or address beside the id, for a plain TLS server. Repeatable.")
    private List<String> hosts = List.of();

    @Option(names = "--force", description = "Replace files that exist, the key too.")
    private boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, CsrException {
        SpiffeId whose = Objects.requireNonNull(id);
        Instant from = validFrom == null ? InstantSource.system().instant() : validFrom;
        CertificateAuthority authority =
                AuthorityDirectory.open(ca, new SecureRandom()).authority();
        OutputFiles files = new OutputFiles(out, force);
        if (csr == null) {
            X509Svid svid = authority.issue(whose, algorithm, hosts, from, ttl);
            files.add(svid, name, authority.bundle().toPem());
        } else {
            CertificateRequest request = CertificateRequest.parse(Files.readString(csr));
            files.add(name + ".pem", Pem.encode(authority.issue(request, whose, from, ttl)))
                    .add("bundle.pem", authority.bundle().toPem());
        }
        files.write();
        spec.commandLine().getOut().println(out.resolve(name + ".pem"));
        return 0;
    }
}
