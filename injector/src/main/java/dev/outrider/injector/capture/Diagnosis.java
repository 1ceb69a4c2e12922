package dev.outrider.injector.capture;

import java.util.ArrayList;
import java.util.List;

/** What to look at when the probe failed. */
record Diagnosis(Host host, RuleStore store, List<Family> families) {
    List<String> hints() throws InterruptedException {
        List<String> hints = new ArrayList<>();
        for (Family family : families) {
            try {
                if (store.count(family) == 0) {
                    hints.add(
                            "the %s rules were written by %s and are gone: something else on this host"
                                            .formatted(family, store.name())
                                    + " flushes them; look at the CNI plugin and at node agents");
                }
            } catch (ToolException e) {
                hints.add("the rules cannot be read back: " + e.getMessage());
            }
        }
        List<String> legacy = host.legacyTables();
        boolean wroteLegacy = store instanceof IptablesStore tables && tables.legacy();
        if (!wroteLegacy && legacy.contains("nat")) {
            hints.add(
                    "the legacy iptables has a nat table here, beside the rules written by "
                            + store.name()
                            + "; see it with iptables-legacy-save, or try --backend"
                            + " iptables-legacy");
        }
        hints.add(
                "capture does NOT work as planned. List the rules (nft list ruleset; iptables-save;"
                        + " ip6tables-save), see that no other rule comes first, and that this is no"
                        + " sandbox without netfilter (gVisor). docs/capture.md says more.");
        return hints;
    }
}
