package dev.outrider.injector.capture;

import dev.outrider.injector.capture.Match.Entering;
import dev.outrider.injector.capture.Match.Leaving;
import dev.outrider.injector.capture.Match.NotFrom;
import dev.outrider.injector.capture.Match.NotTo;
import dev.outrider.injector.capture.Match.OfGroup;
import dev.outrider.injector.capture.Match.OfUser;
import dev.outrider.injector.capture.Match.To;
import dev.outrider.injector.capture.Match.ToPorts;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rules as input of {@code iptables-restore --noflush}, which takes a table as one transaction:
 * chains that are declared are emptied, all others stay as they are.
 */
final class IptablesText {
    private IptablesText() {}

    /** Replaces what is there of ours by the rules. */
    static String replacing(RuleSet rules, IptablesContent present) {
        StringBuilder text = new StringBuilder("*nat\n");
        for (Chain chain : Chain.values()) {
            text.append(':').append(name(chain)).append(" - [0:0]\n");
        }
        present.jumps().forEach(jump -> text.append(jump.deletion()).append('\n'));
        for (Chain chain : Chain.values()) {
            for (Rule rule : rules.rules(chain)) {
                text.append("-A ").append(name(chain)).append(" -p tcp ");
                for (Match match : rule.matches()) {
                    text.append(words(match)).append(' ');
                }
                text.append(words(rule.action())).append('\n');
            }
        }
        Stream.of(Chain.values())
                .filter(Chain::hooked)
                .forEach(chain ->
                        text.append("-I ")
                                .append(chain.name())
                                .append(" 1 -p tcp --syn -j ")
                                .append(name(chain))
                                .append('\n'));
        // Chains of another release of ours.
        present.chains().stream()
                .filter(chain -> Stream.of(Chain.values()).noneMatch(c -> name(c).equals(chain)))
                .forEach(chain -> text.append(removal(chain)));
        return text.append("COMMIT\n").toString();
    }

    /** Removes what is there of ours. */
    static String removing(IptablesContent present) {
        return present.jumps().stream()
                        .map(jump -> jump.deletion() + "\n")
                        .collect(Collectors.joining("", "*nat\n", ""))
                // All are emptied before the first goes: they jump to one another.
                + lines("-F ", present)
                + lines("-X ", present)
                + "COMMIT\n";
    }

    private static String lines(String command, IptablesContent present) {
        return present.chains().stream()
                .map(chain -> command + chain + "\n")
                .collect(Collectors.joining());
    }

    private static String removal(String chain) {
        return "-F " + chain + "\n-X " + chain + "\n";
    }

    static String name(Chain chain) {
        return IptablesContent.PREFIX + chain.name();
    }

    private static String words(Match match) {
        return switch (match) {
            case Leaving(String name) -> "-o " + name;
            case Entering(String name) -> "-i " + name;
            case NotFrom(Cidr range) -> "! -s " + range;
            case To(Cidr range) -> "-d " + range;
            case NotTo(Cidr range) -> "! -d " + range;
            case ToPorts(PortRange ports) -> "--dport " + words(ports);
            case OfUser(long uid) -> "-m owner --uid-owner " + uid;
            case OfGroup(long gid) -> "-m owner --gid-owner " + gid;
        };
    }

    private static String words(PortRange ports) {
        return ports.first() == ports.last()
                ? Integer.toString(ports.first())
                : ports.first() + ":" + ports.last();
    }

    private static String words(Rule.Action action) {
        return switch (action) {
            case Rule.Action.Return() -> "-j RETURN";
            case Rule.Action.Jump(Chain chain) -> "-j " + name(chain);
            case Rule.Action.Redirect(int port) -> "-j REDIRECT --to-ports " + port;
        };
    }
}
