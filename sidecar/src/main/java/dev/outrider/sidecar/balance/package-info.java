/**
 * Rank 3: which endpoint of a destination gets the next request. A {@link
 * dev.outrider.sidecar.balance.Picker} draws from {@link dev.outrider.sidecar.balance.Members}, the
 * endpoints with what is known of each; {@link dev.outrider.sidecar.balance.Outliers} sets failing
 * ones aside for a while and {@link dev.outrider.sidecar.balance.HealthState} counts probes. The
 * forwarder calls it, sends the probes and makes the connections; nothing here touches the network.
 *
 * <p><b>Threads.</b> One set of members per destination, shared by all event loops without locks;
 * picking, beginning and ending a call allocate nothing. Updates of the endpoint set come one at a
 * time, from the source's thread.
 */
@NullMarked
package dev.outrider.sidecar.balance;

import org.jspecify.annotations.NullMarked;
