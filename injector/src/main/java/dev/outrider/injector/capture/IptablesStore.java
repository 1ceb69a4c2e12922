package dev.outrider.injector.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * iptables and ip6tables of one flavour, in chains of our own in the nat table.
 *
 * @param flavour completes the programs' names: {@code -nft}, {@code -legacy} or nothing
 * @param legacy whether it is the one that keeps tables of its own beside nftables
 * @param path where the programs are looked for
 */
record IptablesStore(String flavour, boolean legacy, String path) implements RuleStore {
    /** Seconds to wait for whoever else is changing the tables. */
    private static final String PATIENCE = "10";

    /** The flavour of this name, if it is installed. */
    static Optional<IptablesStore> find(String flavour, String path)
            throws ToolException, InterruptedException {
        Optional<Tool> program = Tool.find("iptables" + flavour, path);
        if (program.isEmpty() || Tool.find("iptables" + flavour + "-restore", path).isEmpty()) {
            return Optional.empty();
        }
        // "iptables v1.8.9 (nf_tables)"; before 1.8 there was only the legacy one.
        Tool.Result version = program.get().tryRun("", "--version");
        return version.code() == 0
                ? Optional.of(
                        new IptablesStore(flavour, !version.output().contains("nf_tables"), path))
                : Optional.empty();
    }

    @Override
    public String name() {
        return "iptables" + flavour;
    }

    @Override
    public String text(List<RuleSet> families) {
        StringBuilder text = new StringBuilder();
        for (RuleSet rules : families) {
            text.append("# ").append(program(rules.family(), "-restore")).append(" --noflush\n");
            text.append(IptablesText.replacing(rules, IptablesContent.NOTHING));
        }
        return text.toString();
    }

    @Override
    public void write(List<RuleSet> families) throws ToolException, InterruptedException {
        for (RuleSet rules : families) {
            restore(rules.family(), IptablesText.replacing(rules, content(rules.family())));
        }
    }

    @Override
    public int count(Family family) throws ToolException, InterruptedException {
        IptablesContent content = content(family);
        return content.rules().size() + content.jumps().size();
    }

    @Override
    public List<String> clear() throws ToolException, InterruptedException {
        List<String> removed = new ArrayList<>();
        for (Family family : Family.values()) {
            if (Tool.find(program(family, "-save"), path).isEmpty()) {
                continue;
            }
            IptablesContent content = content(family);
            if (!content.isEmpty()) {
                restore(family, IptablesText.removing(content));
                removed.add(
                        "%s: chains %s with %d rules and %d jumps to them"
                                .formatted(
                                        program(family, ""),
                                        String.join(", ", content.chains()),
                                        content.rules().size(),
                                        content.jumps().size()));
            }
        }
        return removed;
    }

    private IptablesContent content(Family family) throws ToolException, InterruptedException {
        // Without "-t nat": naming a table makes the kernel load it.
        return IptablesContent.parse(tool(program(family, "-save")).run(""));
    }

    private void restore(Family family, String text) throws ToolException, InterruptedException {
        String program = program(family, "-restore");
        tool(program).run(text, "--noflush", "--wait", PATIENCE);
    }

    private Tool tool(String program) throws ToolException {
        return Tool.find(program, path)
                .orElseThrow(() -> new ToolException(program + " is not installed"));
    }

    private String program(Family family, String suffix) {
        String ip =
                switch (family) {
                    case IPV4 -> "iptables";
                    case IPV6 -> "ip6tables";
                };
        return ip + flavour + suffix;
    }
}
