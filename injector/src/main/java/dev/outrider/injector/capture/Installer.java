package dev.outrider.injector.capture;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the rules by the first tool that can, and removes them by every tool there is. */
record Installer(Host host, Stores stores, String path, PrintWriter out) {

    /**
     * Puts the rules in force.
     *
     * @return the tool that wrote them
     */
    RuleStore install(Backend backend, List<RuleSet> families)
            throws ToolException, IOException, InterruptedException {
        if (families.stream().anyMatch(rules -> rules.family() == Family.IPV6)) {
            assignInboundSource();
        }
        RuleStore store = write(backend, families);
        for (RuleSet rules : families) {
            int count = store.count(rules.family());
            out.printf("%s: %d rules in place (%s)%n", rules.family(), count, store.name());
        }
        // Only now: for a moment both are there, so nothing slips through in between.
        for (RuleStore other : stores.all()) {
            if (!other.equals(store)) {
                other.clear().forEach(what -> out.println("removed earlier rules: " + what));
            }
        }
        return store;
    }

    private RuleStore write(Backend backend, List<RuleSet> families)
            throws ToolException, IOException, InterruptedException {
        List<RuleStore> allowed = stores.chosenBy(backend);
        if (allowed.isEmpty()) {
            throw new ToolException(
                    "--backend %s: no such tool is installed; install nftables or iptables, or choose"
                                    .formatted(backend)
                            + " one that is here"
                            + stores.all().stream().map(RuleStore::name).toList());
        }
        List<String> failures = new ArrayList<>();
        for (RuleStore store : allowed) {
            try {
                store.write(families);
                failures.forEach(failure -> out.println("not used: " + failure));
                return store;
            } catch (ToolException e) {
                failures.add(e.getMessage() + rawSocketHint(store));
            }
        }
        throw new ToolException(
                "no tool could write the rules: " + String.join(" | ", failures) + kernelHint());
    }

    private String rawSocketHint(RuleStore store) throws IOException {
        boolean legacy = store instanceof IptablesStore tables && tables.legacy();
        return legacy && !host.mayOpenRawSockets()
                ? " (the legacy iptables needs the capability NET_RAW, too)"
                : "";
    }

    private static String kernelHint() {
        return ". The kernel may lack the modules nft_chain_nat and nft_redir, or iptable_nat,"
                + " ip6table_nat, xt_owner and xt_REDIRECT; load them on the host."
                + " --skip-ipv6 leaves IPv6 alone where only that is missing.";
    }

    /** 127.0.0.6 needs nothing: all of 127.0.0.0/8 is this machine. */
    private void assignInboundSource() throws ToolException, IOException, InterruptedException {
        if (host.ipv6InboundSource()) {
            return;
        }
        Tool ip =
                ip().orElseThrow(() ->
                        new ToolException(
                                "IPv6 needs the address ::6 on lo, and there is no"
                                        + " 'ip' to add it with; install iproute2,"
                                        + " or leave IPv6 alone with --skip-ipv6"));
        ip.run("", "-6", "addr", "add", source(), "dev", "lo");
        out.println("IPv6: ::6 added to lo, the source of the proxy's connections to the app");
    }

    /** Removes everything of ours, whichever tool wrote it. */
    void remove() throws ToolException, IOException, InterruptedException {
        List<String> removed = new ArrayList<>();
        for (RuleStore store : stores.all()) {
            removed.addAll(store.clear());
        }
        if (host.ipv6InboundSource()) {
            Optional<Tool> ip = ip();
            if (ip.isPresent()) {
                ip.get().run("", "-6", "addr", "del", source(), "dev", "lo");
                removed.add("address ::6 on lo");
            }
        }
        removed.forEach(what -> out.println("removed " + what));
        if (removed.isEmpty()) {
            out.println("there was nothing of Outrider's to remove");
        }
    }

    private Optional<Tool> ip() {
        return Tool.find("ip", path);
    }

    static String source() {
        return Family.IPV6.inboundSource().toString();
    }
}
