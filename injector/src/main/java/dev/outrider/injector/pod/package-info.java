/**
 * What a pod becomes when Outrider is put into it. Rank 1. Pure: from a pod and what is known of it
 * to a patch, without clock, network or state; any thread.
 *
 * <p>{@link dev.outrider.injector.pod.PodInjector} is the way in. It takes out what an earlier call
 * put in, puts in what belongs there, and hands back the difference to what it was given, so that a
 * second call, after whatever other webhooks did, changes only what has to change.
 */
@NullMarked
package dev.outrider.injector.pod;

import org.jspecify.annotations.NullMarked;
