/**
 * Rank 5: how much a client may. The arithmetic of each algorithm is a {@link
 * dev.outrider.sidecar.limit.Rule}: pure, in microseconds and whole numbers below 2^52, so that the
 * Java of the {@link dev.outrider.sidecar.limit.LocalStore} and the Lua that runs in Redis decide
 * exactly alike. {@link dev.outrider.sidecar.limit.Limits} makes the filters of one configuration
 * out of it; what must outlive a configuration (what clients have used, what was counted) is in
 * {@link dev.outrider.sidecar.limit.LimitState}. The composition root makes both.
 *
 * <p><b>Threads.</b> Decisions are taken on the exchange's loop and never block. The local store is
 * shared by all loops: it is cut into stripes, each with a spin lock that is held for the few
 * nanoseconds of one decision; a request with several limits takes its stripes in ascending order.
 * Answers of Redis arrive on the loop that asked.
 *
 * <p><b>Bounds.</b> The number of keys remembered, of requests that wait and of time stamps kept is
 * limited. What had to be forgotten or turned away for it is counted.
 */
@NullMarked
package dev.outrider.sidecar.limit;

import org.jspecify.annotations.NullMarked;
