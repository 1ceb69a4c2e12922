package dev.outrider.injector.capture;

import dev.outrider.injector.capture.Match.Entering;
import dev.outrider.injector.capture.Match.Leaving;
import dev.outrider.injector.capture.Match.NotFrom;
import dev.outrider.injector.capture.Match.NotTo;
import dev.outrider.injector.capture.Match.OfGroup;
import dev.outrider.injector.capture.Match.OfUser;
import dev.outrider.injector.capture.Match.To;
import dev.outrider.injector.capture.Match.ToPorts;
import java.util.List;

/**
 * Rules as input of {@code nft -f}, which takes a file as one transaction. A table of our own for
 * each family: {@code inet} tables have no nat before Linux 5.2.
 */
final class NftText {
    static final String TABLE = "outrider";

    private NftText() {}

    static String replacing(List<RuleSet> families) {
        StringBuilder text = new StringBuilder();
        for (RuleSet rules : families) {
            String table = table(rules.family());
            // Deleting what is not there would fail, so it is made first.
            text.append("table ").append(table).append('\n');
            text.append("delete table ").append(table).append('\n');
            text.append("table ").append(table).append(" {\n");
            for (Chain chain : Chain.values()) {
                append(text, rules, chain);
            }
            text.append("}\n");
        }
        return text.toString();
    }

    /** The table's name with its family. */
    static String table(Family family) {
        return keyword(family) + " " + TABLE;
    }

    private static void append(StringBuilder text, RuleSet rules, Chain chain) {
        text.append("\tchain ").append(chain.lowerCase()).append(" {\n");
        if (chain.hooked()) {
            // -100 is where destinations are translated (dstnat).
            text.append("\t\ttype nat hook ")
                    .append(chain.lowerCase())
                    .append(" priority -100; policy accept;\n")
                    .append("\t\tmeta l4proto != tcp return\n")
                    .append("\t\ttcp flags & (fin | syn | rst | ack) != syn return\n");
        }
        for (Rule rule : rules.rules(chain)) {
            text.append("\t\t");
            for (Match match : rule.matches()) {
                text.append(words(match, keyword(rules.family()))).append(' ');
            }
            text.append(words(rule.action())).append('\n');
        }
        text.append("\t}\n");
    }

    private static String words(Match match, String ip) {
        return switch (match) {
            case Leaving(String name) -> "oifname \"" + name + "\"";
            case Entering(String name) -> "iifname \"" + name + "\"";
            case NotFrom(Cidr range) -> ip + " saddr != " + range;
            case To(Cidr range) -> ip + " daddr " + range;
            case NotTo(Cidr range) -> ip + " daddr != " + range;
            case ToPorts(PortRange ports) -> "tcp dport " + words(ports);
            case OfUser(long uid) -> "meta skuid " + uid;
            case OfGroup(long gid) -> "meta skgid " + gid;
        };
    }

    private static String words(PortRange ports) {
        return ports.first() == ports.last()
                ? Integer.toString(ports.first())
                : ports.first() + "-" + ports.last();
    }

    private static String words(Rule.Action action) {
        return switch (action) {
            case Rule.Action.Return() -> "return";
            case Rule.Action.Jump(Chain chain) -> "jump " + chain.lowerCase();
            // nft wants the protocol in the same rule.
            case Rule.Action.Redirect(int port) -> "meta l4proto tcp redirect to :" + port;
        };
    }

    static String keyword(Family family) {
        return switch (family) {
            case IPV4 -> "ip";
            case IPV6 -> "ip6";
        };
    }
}
