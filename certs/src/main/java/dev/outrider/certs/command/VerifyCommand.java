package dev.outrider.certs.command;

import dev.outrider.certs.Pem;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code outrider certs verify}. */
@Command(
        name = "verify",
        description = "Say whether a chain proves an identity, and if not, why.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider certs verify --bundle bundle.pem web/svid.pem",
            "  outrider certs verify --bundle bundle.pem --at 2026-12-01T00:00:00Z web/svid.pem"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0: it does", "1: it does not", "2: wrong usage"})
public final class VerifyCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "CHAIN", description = "PEM file, the workload's certificate first.")
    private Path chain = Path.of("");

    @Option(names = "--bundle", required = true, description = "The trust bundle, PEM.")
    private Path bundle = Path.of("");

    @Option(
            names = "--trust-domain",
            description = "Whose bundle that is (default: what its first root says).")
    private @Nullable String trustDomain;

    @Option(
            names = "--id",
            converter = SpiffeIdOption.class,
            description = "The identity that is expected (default: any of the trust domain).")
    private @Nullable SpiffeId expected;

    @Option(names = "--at", description = "The time to verify at (default: now).")
    private @Nullable Instant at;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        TrustBundle trust =
                trustDomain == null
                        ? TrustBundle.load(bundle)
                        : TrustBundle.load(trustDomain, bundle);
        Instant now = at == null ? InstantSource.system().instant() : at;
        PrintWriter out = spec.commandLine().getOut();
        try {
            SpiffeId id =
                    SvidVerifier.verify(Pem.certificates(Files.readString(chain)), trust, now);
            if (expected != null && !expected.equals(id)) {
                out.println("refused: OTHER_IDENTITY: it proves " + id + ", not " + expected);
                return 1;
            }
            out.println("ok: " + id);
            return 0;
        } catch (SvidException e) {
            out.println("refused: " + e.reason() + ": " + e.getMessage());
            return 1;
        }
    }
}
