package dev.outrider.injector.manifest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where manifests come from and where they go to. */
final class FileOptions {
    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE",
            description =
                    "A file, a directory, or - for standard input; may be given several times.")
    List<String> files = new ArrayList<>();

    @Option(
            names = {"-R", "--recursive"},
            description = "Also look into directories in a directory.")
    boolean recursive;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write the result there; standard output otherwise.")
    @Nullable Path output;

    @Option(
            names = {"-i", "--in-place"},
            description = "Write each file where it came from.")
    boolean inPlace;

    @Option(
            names = {"--diff", "--dry-run"},
            description = "Write nothing and show what would change, as diff -u does.")
    boolean diff;

    @Option(
            names = {"-q", "--quiet"},
            description = "Report only warnings and errors.")
    boolean quiet;

    void check(CommandSpec spec) {
        if (inPlace && output != null) {
            throw new ParameterException(
                    spec.commandLine(), "--in-place and --output exclude each other; choose one");
        }
        if (inPlace && files.contains("-")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "standard input has no place to write to; leave --in-place out");
        }
        if (files.stream().filter("-"::equals).count() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "standard input can be read once; name -f - once");
        }
    }
}
