package dev.outrider.certs;

import dev.outrider.certs.command.BundleCommand;
import dev.outrider.certs.command.CsrCommand;
import dev.outrider.certs.command.FetchCommand;
import dev.outrider.certs.command.HelpOption;
import dev.outrider.certs.command.InitCommand;
import dev.outrider.certs.command.IssueCommand;
import dev.outrider.certs.command.JwtCommand;
import dev.outrider.certs.command.ShowCommand;
import dev.outrider.certs.command.VerifyCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code outrider certs}: certificates, tokens and bundles from files, without a server. */
@Command(
        name = "certs",
        synopsisSubcommandLabel = "COMMAND",
        description = "Make, issue, show and verify the mesh's certificates and tokens.",
        subcommands = {
            InitCommand.class,
            CsrCommand.class,
            IssueCommand.class,
            FetchCommand.class,
            ShowCommand.class,
            VerifyCommand.class,
            JwtCommand.class,
            BundleCommand.class
        },
        footerHeading = "%nA mesh in three commands:%n",
        footer = {
            "  outrider certs init  --dir ca --trust-domain cluster.local",
            "  outrider certs issue --ca ca --id spiffe://cluster.local/ns/shop/sa/web --out web",
            "  outrider certs verify --bundle web/bundle.pem web/svid.pem",
            "",
            "Files are written with mode 0600; a file that exists is kept unless --force is given."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0: done", "1: refused or not valid", "2: wrong usage"})
public final class CertsCommand {
    @Mixin final HelpOption help = new HelpOption();
}
