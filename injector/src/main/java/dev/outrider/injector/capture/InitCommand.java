package dev.outrider.injector.capture;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code outrider init}. */
@Command(
        name = "init",
        description = {
            "Lead this network namespace's TCP through the proxy, and prove that it is.",
            "Writes nftables or iptables rules for IPv4 and IPv6; run again, it replaces its own.",
            "Then it opens connections and looks where they come out."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  outrider init --dry-run",
            "  outrider init --proxy-uid 1337 --exclude-outbound-ports 3306",
            "  outrider init --clean",
            "",
            "Each option can be set by a variable instead: --proxy-uid by OUTRIDER_PROXY_UID."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0: capture works, or was removed",
            "1: it does not, and the output says why",
            "2: wrong usage"
        })
public final class InitCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Mixin private PlanOptions options = new PlanOptions();

    @Option(
            names = "--backend",
            defaultValue = "${env:OUTRIDER_BACKEND:-auto}",
            description =
                    "${COMPLETION-CANDIDATES}; auto takes the first that works (default:"
                            + " ${DEFAULT-VALUE}).")
    private Backend backend = Backend.AUTO;

    @Option(
            names = "--skip-ipv6",
            defaultValue = "${env:OUTRIDER_SKIP_IPV6:-false}",
            description = "Leave IPv6 alone; its connections then go past the proxy.")
    private boolean skipIpv6;

    @Option(
            names = "--dry-run",
            description = "Print the rules and change nothing; no root needed.")
    private boolean dryRun;

    @Option(names = "--clean", description = "Remove all rules of Outrider's, and nothing else.")
    private boolean clean;

    @Option(
            names = "--skip-probe",
            defaultValue = "${env:OUTRIDER_SKIP_PROBE:-false}",
            description = "Write the rules without proving them.")
    private boolean skipProbe;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CapturePlan plan = plan();
        PrintWriter out = spec.commandLine().getOut();
        Host host = Host.HERE;
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        Stores stores = Stores.find(path);
        if (dryRun) {
            print(stores, families(host, note -> out.println("# " + note)), plan);
            return 0;
        }
        requireCapability(host);
        Installer installer = new Installer(host, stores, path, out);
        if (clean) {
            installer.remove();
            out.flush();
            return 0;
        }
        requireLoopback();
        List<Family> families = families(host, out::println);
        RuleStore store = installer.install(backend, rules(plan, families));
        out.flush();
        return skipProbe || proven(plan, host, store, families, out) ? 0 : 1;
    }

    /** All of it is input for the tools, so what is not a rule is a comment. */
    private void print(Stores stores, List<Family> families, CapturePlan plan) {
        PrintWriter out = spec.commandLine().getOut();
        if (families.contains(Family.IPV6)) {
            out.printf("# ip -6 addr add %s dev lo%n", Installer.source());
        }
        Optional<RuleStore> store = stores.first(backend);
        List<RuleSet> rules = rules(plan, families);
        out.print(
                store.isPresent()
                        ? store.get().text(rules)
                        : "# no such tool is installed here; this is nft's syntax\n"
                                + NftText.replacing(rules));
        out.flush();
    }

    private CapturePlan plan() {
        try {
            return options.plan();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private List<Family> families(Host host, Consumer<String> notes) throws IOException {
        List<Family> families = new ArrayList<>(List.of(Family.IPV4));
        if (skipIpv6) {
            notes.accept("IPv6: left alone, as --skip-ipv6 says");
        } else if (!host.ipv6()) {
            notes.accept("IPv6: not on this host (lo has no ::1), so skipped");
        } else {
            families.add(Family.IPV6);
        }
        return families;
    }

    private static List<RuleSet> rules(CapturePlan plan, List<Family> families) {
        return families.stream().map(family -> RuleSet.of(plan, family)).toList();
    }

    private static boolean proven(
            CapturePlan plan, Host host, RuleStore store, List<Family> families, PrintWriter out)
            throws Exception {
        boolean good = true;
        for (Family family : families) {
            good &= new Probe(plan, host, out).prove(family);
        }
        if (good) {
            out.println("capture works");
        } else {
            new Diagnosis(host, store, families).hints().forEach(out::println);
        }
        out.flush();
        return good;
    }

    private static void requireCapability(Host host) throws IOException, ToolException {
        if (!host.mayChangeNetwork()) {
            throw new ToolException(
                    "changing this network namespace's rules needs the capability NET_ADMIN; give"
                            + " the init container securityContext: {runAsUser: 0, runAsNonRoot: false,"
                            + " capabilities: {drop: [ALL], add: [NET_ADMIN, NET_RAW]}} (NET_RAW for"
                            + " the legacy iptables)");
        }
    }

    private static void requireLoopback() throws IOException, ToolException {
        NetworkInterface loopback = NetworkInterface.getByName("lo");
        if (loopback == null || !loopback.isUp()) {
            throw new ToolException(
                    "the interface lo is down, and redirected connections come over it; bring it up"
                            + " with: ip link set lo up");
        }
    }
}
