package dev.outrider.injector.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * What a nat table holds of ours, read from the output of {@code iptables-save}: our chains, the
 * rules in them, and the jumps to them from the chains of others.
 */
record IptablesContent(List<String> chains, List<String> rules, List<Jump> jumps) {
    static final String PREFIX = "OUTRIDER_";
    static final IptablesContent NOTHING = new IptablesContent(List.of(), List.of(), List.of());

    IptablesContent {
        chains = List.copyOf(chains);
        rules = List.copyOf(rules);
        jumps = List.copyOf(jumps);
    }

    /** A rule of somebody else's chain, as {@code -A …}. */
    record Jump(String addition) {
        String deletion() {
            return "-D" + addition.substring("-A".length());
        }
    }

    static IptablesContent parse(String saved) {
        List<String> chains = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        List<Jump> jumps = new ArrayList<>();
        boolean nat = false;
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                nat = line.equals("*nat");
            } else if (nat && line.startsWith(":" + PREFIX)) {
                chains.add(line.substring(1, line.indexOf(' ')));
            } else if (nat && line.startsWith("-A " + PREFIX)) {
                rules.add(line);
            } else if (nat && line.startsWith("-A ") && line.contains(" -j " + PREFIX)) {
                jumps.add(new Jump(line));
            }
        }
        return new IptablesContent(chains, rules, jumps);
    }

    boolean isEmpty() {
        return chains.isEmpty() && jumps.isEmpty();
    }
}
