package dev.outrider.certs.command;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.AuthorityDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider ca token}. */
@Command(
        name = "token",
        description = {
            "Make a bootstrap token and print it, this once: only its hash is kept.",
            "A running server knows it at once."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  umask 077",
            "  outrider ca token --dir ca --id spiffe://cluster.local/ns/shop/sa/web > token"
        })
public final class TokenCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(names = "--dir", required = true, description = "The authority's directory.")
    private Path dir = Path.of("");

    @Option(
            names = "--id",
            required = true,
            converter = SpiffeIdOption.class,
            description = "Whom the token lets in.")
    private @Nullable SpiffeId id;

    @Option(
            names = "--ttl",
            defaultValue = "1h",
            converter = LifeTimeOption.class,
            description = "How long it may be used (default: ${DEFAULT-VALUE}).")
    private Duration ttl = Duration.ofHours(1);

    @Option(
            names = "--once",
            description =
                    "For one use: spent by the first certificate, even when its answer is lost.")
    private boolean once;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SpiffeId whose = Objects.requireNonNull(id);
        AuthorityDirectory directory = AuthorityDirectory.open(dir, new SecureRandom());
        String trustDomain = directory.authority().bundle().trustDomain();
        if (!whose.trustDomain().equals(trustDomain)) {
            throw new IllegalArgumentException(
                    whose + " is not of this authority's trust domain '" + trustDomain + "'");
        }
        String token =
                directory.tokens().create(whose, ttl, once, InstantSource.system().instant());
        spec.commandLine().getOut().println(token);
        return 0;
    }
}
