/**
 * Rank 8: traffic to the local app. {@link dev.outrider.sidecar.inbound.Inbound} is the ordered
 * list of what happens to it; {@link dev.outrider.sidecar.inbound.InboundConfig} what a user may
 * set. Put together once at start; runs on the event loops.
 */
@NullMarked
package dev.outrider.sidecar.inbound;

import org.jspecify.annotations.NullMarked;
