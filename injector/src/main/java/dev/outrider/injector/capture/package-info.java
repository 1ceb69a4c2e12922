/**
 * {@code outrider init}: the rules that lead a pod's TCP through the proxy, and the proof that they
 * do. Rank 0.
 *
 * <p>{@link dev.outrider.injector.capture.CapturePlan} is what is wanted, {@link
 * dev.outrider.injector.capture.RuleSet} the same as rules in one order for both IP families, and
 * each {@link dev.outrider.injector.capture.RuleStore} one way into the kernel. {@link
 * dev.outrider.injector.capture.Probe} then opens connections and looks where they arrive. Only
 * parsed numbers and addresses reach a rule, and no shell is involved.
 *
 * <p>Runs once, on the main thread, and blocks; everything that waits has a deadline.
 */
@NullMarked
package dev.outrider.injector.capture;

import org.jspecify.annotations.NullMarked;
