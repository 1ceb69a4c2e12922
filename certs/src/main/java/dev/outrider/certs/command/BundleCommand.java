package dev.outrider.certs.command;

import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.ca.AuthorityDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider certs bundle}. */
@Command(
        name = "bundle",
        description = "Print the trust bundle: what a peer needs to verify this mesh.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider certs bundle --ca ca > bundle.pem",
            "  outrider certs bundle --ca ca --format json    (SPIFFE, with the token keys)"
        })
public final class BundleCommand implements Callable<Integer> {
    @Mixin final HelpOption help = new HelpOption();

    /** What {@code --format} knows. */
    public enum Format {
        pem,
        json
    }

    @Option(names = "--ca", required = true, description = "The authority's directory.")
    private Path ca = Path.of("");

    @Option(
            names = "--format",
            defaultValue = "pem",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.pem;

    @Option(names = "--out", description = "File to write, replacing it (default: print).")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        AuthorityDirectory directory = AuthorityDirectory.open(ca, new SecureRandom());
        TrustBundle bundle = directory.authority().bundle();
        String text =
                switch (format) {
                    case pem -> bundle.toPem();
                    case json -> json(directory, bundle);
                };
        if (out == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        } else {
            SecretFiles.replace(out, text);
        }
        return 0;
    }

    private static String json(AuthorityDirectory directory, TrustBundle bundle)
            throws IOException {
        JwtKeys.Schedule schedule = JwtKeys.Schedule.DEFAULTS;
        InstantSource clock = InstantSource.system();
        JwtKeys keys = directory.currentJwtKeys(schedule, clock);
        long sequence = directory.load().with(keys).sequence(clock.instant());
        return bundle.toJson(keys.published(), sequence, schedule.refreshHint()) + "\n";
    }
}
