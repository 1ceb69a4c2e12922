/**
 * Rank 5: what a route of the edge does with bodies. Filters see heads only, so those of this
 * package put something before the exchange's {@link dev.outrider.sidecar.http.BodySource}: a
 * limit, the removal of JSON fields, a copy for a mirror. What becomes of a response's body is a
 * decorator of the {@link dev.outrider.sidecar.filter.Upstream}. Routes without any of it have none
 * of it on their way.
 *
 * <p><b>Bounds.</b> Whatever gathers a body states how much of it, and what becomes of more. What
 * is gathered is copied to the heap at once, so no buffer is held.
 *
 * <p><b>Threads.</b> On the exchange's loop; a mirrored exchange lives on the same one.
 */
@NullMarked
package dev.outrider.sidecar.body;

import org.jspecify.annotations.NullMarked;
