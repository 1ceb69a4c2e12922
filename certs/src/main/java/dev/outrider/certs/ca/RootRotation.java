package dev.outrider.certs.ca;

import java.time.Duration;
import java.time.Instant;

/**
 * One root taking another's place. Everything about it is fixed when it is announced, so that a
 * replica that hears nothing more still does the right thing by its clock alone:
 *
 * <pre>
 *   bundle:      old | old + new          | new + old                        | new
 *   signs below: old | old                | new                              | new
 *            announced                 signFrom                           dropOld
 *                    |- distribution ----|- longest certificate + margin ---|
 * </pre>
 *
 * In each phase both sides of a connection accept each other, whichever phase the other's bundle is
 * in: before {@code signFrom} everybody has learned the new root, and at {@code dropOld} the last
 * certificate below the old one has ended.
 *
 * @param next complete, its key included
 */
public record RootRotation(Issuer next, Instant announced, Instant signFrom, Instant dropOld) {
    /** Clocks differ, and certificates are back-dated. */
    static final Duration MARGIN = Duration.ofMinutes(10);

    /** In distribution times: a day, where that is an hour. */
    private static final int MOST_WAITS = 24;

    /** Where a rotation is. */
    public enum Phase {
        /** The new root is in the bundle and signs nothing yet. */
        ANNOUNCED,
        /** The new root signs; the old one is still believed. */
        SIGNING,
        /** The old root is gone. */
        FINISHED
    }

    public RootRotation {
        if (signFrom.isBefore(announced) || dropOld.isBefore(signFrom)) {
            throw new IllegalArgumentException("a rotation's times are in the wrong order");
        }
    }

    static RootRotation announce(
            Issuer next, Instant now, Duration distribution, Duration longestSvid) {
        Instant signFrom = now.plus(distribution);
        return new RootRotation(next, now, signFrom, signFrom.plus(longestSvid).plus(MARGIN));
    }

    public Phase phase(Instant now) {
        if (now.isBefore(signFrom)) {
            return Phase.ANNOUNCED;
        }
        return now.isBefore(dropOld) ? Phase.SIGNING : Phase.FINISHED;
    }

    /**
     * Whether the new root should be kept waiting, {@code now} that it is about to sign and
     * somebody has not learned of it: not beyond the old root's end, nor for ever, since then
     * whoever spoils one copy of the bundle would keep a root in use that has to go.
     */
    boolean mayWait(Instant now, Duration distribution, Instant oldEnds) {
        Duration step = step(distribution);
        return phase(now) == Phase.ANNOUNCED
                && !signFrom.isAfter(now.plus(step))
                && now.isBefore(announced.plus(distribution.multipliedBy(MOST_WAITS)))
                && dropOld.plus(step).isBefore(oldEnds);
    }

    /** By how much it is put off at a time. */
    static Duration step(Duration distribution) {
        return distribution.dividedBy(4);
    }

    RootRotation below(Issuer renewed) {
        return new RootRotation(renewed, announced, signFrom, dropOld);
    }

    /** The new root signs later, since somebody has not learned of it yet. */
    RootRotation postponed(Duration by) {
        return new RootRotation(next, announced, signFrom.plus(by), dropOld.plus(by));
    }

    @Override
    public String toString() {
        return "to "
                + next.root().getSubjectX500Principal()
                + ": announced "
                + announced
                + ", signs from "
                + signFrom
                + ", the old one goes at "
                + dropOld;
    }
}
