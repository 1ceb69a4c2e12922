package dev.outrider.certs.command;

import dev.outrider.certs.CertificateText;
import dev.outrider.certs.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code outrider certs show}. */
@Command(
        name = "show",
        description = "Print certificates: names, serial, time left, key, issuer.",
        footerHeading = "%nExample:%n",
        footer = "  outrider certs show web/svid.pem")
public final class ShowCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "PEM files with certificates.")
    private List<Path> files = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Instant now = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
        for (Path file : files) {
            try {
                for (X509Certificate certificate : Pem.certificates(Files.readString(file))) {
                    spec.commandLine().getOut().print(CertificateText.show(certificate, now));
                }
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " " + e.getMessage(), e);
            }
        }
        spec.commandLine().getOut().flush();
        return 0;
    }
}
