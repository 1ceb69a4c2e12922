/**
 * Rank 8: traffic from the local app. {@link dev.outrider.sidecar.outbound.Outbound} is the ordered
 * list of what happens to it; {@link dev.outrider.sidecar.outbound.OutboundConfig} what a user may
 * set. Put together once at start; runs on the event loops.
 */
@NullMarked
package dev.outrider.sidecar.outbound;

import org.jspecify.annotations.NullMarked;
