package dev.outrider.injector.capture;

import dev.outrider.injector.capture.Finding.Failed;
import dev.outrider.injector.capture.Finding.Skipped;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Proves that the rules do what the plan says, one line a step. What needs the sockets of another
 * user, and may not have them, is told in one line: that leaves the app's side proven, and the
 * proxy's own to the proxy, which gets its identity by such a connection. Used once for each
 * family, by the main thread.
 */
final class Probe {
    private final CapturePlan plan;
    private final Host host;
    private final PrintWriter out;
    private final Identity self;
    private final Identity app;
    private final List<String> untried = new ArrayList<>();
    private boolean failed;

    Probe(CapturePlan plan, Host host, PrintWriter out) throws IOException {
        this.plan = plan;
        this.host = host;
        this.out = out;
        this.self = host.identity();
        this.app = Identity.outside(plan.owners(), self);
    }

    /** A step, given whose sockets it uses. */
    private interface Step {
        Finding take(Optional<Identity> as) throws Exception;
    }

    /** Whether nothing failed. */
    boolean prove(Family family) throws Exception {
        ProbeTargets targets = new ProbeTargets(plan, family);
        try (Doors doors = Doors.open(plan, family)) {
            FamilyProbe probe = new FamilyProbe(plan, doors);
            Optional<Integer> port =
                    ProbeTargets.port(plan.outbound().included(), plan.outbound()::captures);
            Optional<InetAddress> outside = targets.captured();
            if (outside.isPresent() && port.isPresent()) {
                outward(family, probe, new InetSocketAddress(outside.get(), port.get()));
                excluded(family, probe, targets, outside.get(), port.get());
            } else {
                say(
                        family,
                        "the app's connections",
                        new Skipped(
                                "no way leads out of this machine, or the options leave nothing to"
                                        + " capture"));
            }
            inward(family, probe, targets);
        }
        if (!untried.isEmpty()) {
            say(
                    family,
                    String.join("; ", untried),
                    new Skipped(
                            "opening sockets as another user needs the capability SETUID (and SETGID),"
                                    + " which a pod need not give: the proxy is ready only when its own"
                                    + " connections get out"));
        }
        return !failed;
    }

    private void outward(Family family, FamilyProbe probe, InetSocketAddress target)
            throws IOException {
        String to = Dial.text(target);
        step(family, "the app to " + to, app, as -> probe.captured(target, as));
        step(family, "the proxy to " + to, proxy(), as -> probe.leftAlone(target, as));
        for (long gid : plan.owners().gids().stream().limit(1).toList()) {
            Identity group = new Identity(app.uid(), gid);
            step(family, "gid " + gid + " to " + to, group, as -> probe.leftAlone(target, as));
        }
    }

    private void excluded(
            Family family, FamilyProbe probe, ProbeTargets targets, InetAddress outside, int port)
            throws IOException {
        Optional<Integer> spared =
                ProbeTargets.port(plan.outbound().excluded(), p -> !plan.outbound().captures(p));
        if (spared.isPresent()) {
            InetSocketAddress target = new InetSocketAddress(outside, spared.get());
            String what = "the app to an excluded port, " + Dial.text(target);
            step(family, what, app, as -> probe.leftAlone(target, as));
        }
        Optional<InetAddress> range =
                plan.excludedRanges().of(family).stream()
                        .map(Cidr::example)
                        .filter(targets::routed)
                        .findFirst();
        if (range.isEmpty()) {
            range = targets.notIncluded();
        }
        if (range.isPresent()) {
            InetSocketAddress target = new InetSocketAddress(range.get(), port);
            String what = "the app to an excluded range, " + Dial.text(target);
            step(family, what, app, as -> probe.leftAlone(target, as));
        }
    }

    private void inward(Family family, FamilyProbe probe, ProbeTargets targets) throws IOException {
        step(
                family,
                "the app to itself by " + Cidr.text(family.self()),
                app,
                as -> probe.direct(family.self(), as, Optional.empty()));
        Optional<InetAddress> own = targets.own();
        Optional<Integer> port =
                ProbeTargets.port(plan.inbound().included(), plan::capturesInbound);
        if (own.isEmpty() || port.isEmpty()) {
            String why = own.isEmpty() ? "no interface has an address" : "no port is captured";
            say(family, "the proxy to its own pod", new Skipped(why));
            return;
        }
        InetAddress pod = own.get();
        InetSocketAddress target = new InetSocketAddress(pod, port.get());
        step(
                family,
                "the app to its own pod by " + Cidr.text(pod),
                app,
                as -> probe.direct(pod, as, Optional.empty()));
        step(
                family,
                "the proxy to its own pod, " + Dial.text(target),
                proxy(),
                as -> probe.inward(target, as));
        InetAddress source = family.inboundSource().base();
        step(
                family,
                "the proxy's inbound side to the app, from " + Cidr.text(source),
                proxy(),
                as -> probe.direct(pod, as, Optional.of(source)));
    }

    private Identity proxy() {
        return new Identity(plan.owners().uids().getFirst(), app.gid());
    }

    private void step(Family family, String what, Identity who, Step step) throws IOException {
        boolean ours = who.equals(self);
        if (!ours && !host.mayChangeIdentity()) {
            untried.add(what);
            return;
        }
        Finding finding;
        try {
            finding = step.take(ours ? Optional.empty() : Optional.of(who));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finding = new Failed("interrupted");
        } catch (Exception e) {
            finding = new Failed(String.valueOf(e.getMessage()));
        }
        say(family, what, finding);
    }

    private void say(Family family, String what, Finding finding) {
        out.println(finding.line(family, what));
        out.flush();
        failed |= finding instanceof Failed;
    }
}
