package dev.outrider.injector.capture;

import dev.outrider.injector.capture.Match.Entering;
import dev.outrider.injector.capture.Match.Leaving;
import dev.outrider.injector.capture.Match.NotFrom;
import dev.outrider.injector.capture.Match.NotTo;
import dev.outrider.injector.capture.Match.OfGroup;
import dev.outrider.injector.capture.Match.OfUser;
import dev.outrider.injector.capture.Match.To;
import dev.outrider.injector.capture.Match.ToPorts;
import dev.outrider.injector.capture.Rule.Action;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The plan as rules for one IP family, whatever tool writes them. The hooked chains see only the
 * first segment of a TCP connection (SYN): a connection that was there before the rules is never
 * bent, not even when the kernel starts to track it in its middle.
 */
record RuleSet(Family family, Map<Chain, List<Rule>> chains) {
    private static final Action RETURN = new Action.Return();
    private static final String LOOPBACK = "lo";

    RuleSet {
        chains = Collections.unmodifiableMap(new EnumMap<>(chains));
    }

    static RuleSet of(CapturePlan plan, Family family) {
        Map<Chain, List<Rule>> chains = new EnumMap<>(Chain.class);
        chains.put(Chain.INBOUND, inbound(plan));
        chains.put(Chain.OUTBOUND, byPort(plan.outbound(), plan.outboundPort()));
        chains.put(Chain.PREROUTING, prerouting(plan));
        chains.put(Chain.OUTPUT, output(plan, family));
        return new RuleSet(family, chains);
    }

    List<Rule> rules(Chain chain) {
        return chains.getOrDefault(chain, List.of());
    }

    private static List<Rule> inbound(CapturePlan plan) {
        List<Rule> rules = new ArrayList<>();
        for (PortRange own : CapturePlan.OWN_PORTS.ranges()) {
            rules.add(Rule.when(RETURN, new ToPorts(own)));
        }
        rules.addAll(byPort(plan.inbound(), plan.inboundPort()));
        return rules;
    }

    private static List<Rule> byPort(PortChoice choice, int proxy) {
        Action redirect = new Action.Redirect(proxy);
        List<Rule> rules = new ArrayList<>();
        for (PortRange ports : choice.excluded().ranges()) {
            rules.add(Rule.when(RETURN, new ToPorts(ports)));
        }
        for (PortRange ports : choice.included().ranges()) {
            rules.add(Rule.when(redirect, new ToPorts(ports)));
        }
        if (choice.included().isEmpty()) {
            rules.add(Rule.when(redirect));
        }
        return rules;
    }

    private static List<Rule> prerouting(CapturePlan plan) {
        List<Rule> rules = new ArrayList<>();
        for (String name : plan.excludedInterfaces()) {
            rules.add(Rule.when(RETURN, new Entering(name)));
        }
        rules.add(Rule.when(new Action.Jump(Chain.INBOUND)));
        return rules;
    }

    private static List<Rule> output(CapturePlan plan, Family family) {
        List<Rule> rules = new ArrayList<>();
        List<Match> owners =
                Stream.concat(
                                plan.owners().uids().stream().<Match>map(OfUser::new),
                                plan.owners().gids().stream().<Match>map(OfGroup::new))
                        .toList();
        for (Match owner : owners) {
            // The proxy calls its own pod by the pod's address: that meets the inbound side, but
            // not what the inbound side itself opens to the app, known by its source.
            rules.add(
                    Rule.when(
                            new Action.Jump(Chain.INBOUND),
                            new Leaving(LOOPBACK),
                            new NotTo(family.loopback()),
                            new NotFrom(family.inboundSource()),
                            owner));
        }
        for (Match owner : owners) {
            rules.add(Rule.when(RETURN, owner));
        }
        // The app calls itself, by 127.0.0.1 or by the pod's address.
        rules.add(Rule.when(RETURN, new Leaving(LOOPBACK)));
        for (String name : plan.excludedInterfaces()) {
            rules.add(Rule.when(RETURN, new Leaving(name)));
        }
        for (Cidr range : plan.excludedRanges().of(family)) {
            rules.add(Rule.when(RETURN, new To(range)));
        }
        Action outbound = new Action.Jump(Chain.OUTBOUND);
        for (Cidr range : plan.includedRanges().of(family)) {
            rules.add(Rule.when(outbound, new To(range)));
        }
        if (plan.includedRanges().isEmpty()) {
            rules.add(Rule.when(outbound));
        }
        return rules;
    }
}
