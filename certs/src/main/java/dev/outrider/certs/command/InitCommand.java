package dev.outrider.certs.command;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.ca.AuthorityDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider certs init}. */
@Command(
        name = "init",
        description = "Make an authority: a root and an intermediate with their keys.",
        footerHeading = "%nExample:%n",
        footer = "  outrider certs init --dir ca --trust-domain cluster.local")
public final class InitCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(
            names = "--dir",
            required = true,
            description = "The authority's directory. An authority that is there is kept.")
    private Path dir = Path.of("");

    @Option(
            names = "--trust-domain",
            defaultValue = "cluster.local",
            description = "The mesh's name in every id (default: ${DEFAULT-VALUE}).")
    private String trustDomain = "";

    @Option(
            names = "--algorithm",
            defaultValue = "EC_P256",
            description = "Kind of the keys: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private KeyAlgorithm algorithm = KeyAlgorithm.EC_P256;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        AuthorityDirectory.create(
                dir, trustDomain, algorithm, InstantSource.system().instant(), new SecureRandom());
        spec.commandLine()
                .getOut()
                .printf(
                        "The authority of '%s' is in %s.%n"
                                + "Whoever reads authority/root-key.pem owns the mesh: keep it apart;"
                                + " it is needed once a year.%n",
                        trustDomain, dir);
        return 0;
    }
}
