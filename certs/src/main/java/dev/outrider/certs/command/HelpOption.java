package dev.outrider.certs.command;

import picocli.CommandLine.Option;

/** {@code --help} without picocli's {@code --version}, which belongs to the whole program. */
public final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
