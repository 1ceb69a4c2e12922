package dev.outrider.certs.command;

import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.JwtSvids;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.AuthorityDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
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

/** {@code outrider certs jwt}. */
@Command(
        name = "jwt",
        description = "Issue a token (JWT-SVID) straight from the directory and print it.",
        footerHeading = "%nExample:%n",
        footer = {
            "  outrider certs jwt --ca ca --id spiffe://cluster.local/ns/shop/sa/web \\",
            "    --aud spiffe://cluster.local/ns/shop/sa/orders"
        })
public final class JwtCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    @Option(names = "--ca", required = true, description = "The authority's directory.")
    private Path ca = Path.of("");

    @Option(
            names = "--id",
            required = true,
            converter = SpiffeIdOption.class,
            description = "Whom the token is about (sub).")
    private @Nullable SpiffeId id;

    @Option(
            names = "--aud",
            required = true,
            description = "Who is to accept it. Repeatable; one is safest.")
    private List<String> audience = List.of();

    @Option(
            names = "--ttl",
            defaultValue = "10m",
            converter = LifeTimeOption.class,
            description = "How long it lives, 5m to 15m (default: ${DEFAULT-VALUE}).")
    private Duration ttl = JwtSvids.SHORTEST_TTL;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SpiffeId whose = Objects.requireNonNull(id);
        SecureRandom random = new SecureRandom();
        AuthorityDirectory directory = AuthorityDirectory.open(ca, random);
        String trustDomain = directory.authority().bundle().trustDomain();
        if (!whose.trustDomain().equals(trustDomain)) {
            throw new IllegalArgumentException(
                    whose + " is not of this authority's trust domain '" + trustDomain + "'");
        }
        JwtKeys keys = directory.currentJwtKeys(JwtKeys.Schedule.DEFAULTS, InstantSource.system());
        JwtSvids svids = new JwtSvids(() -> keys, InstantSource.system(), random);
        spec.commandLine().getOut().println(svids.issue(whose, audience, ttl).token());
        return 0;
    }
}
