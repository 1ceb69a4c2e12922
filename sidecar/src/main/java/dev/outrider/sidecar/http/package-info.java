/**
 * Rank 1: HTTP messages and streams, without a codec. Heads are {@link
 * dev.outrider.sidecar.http.RequestHead} and {@link dev.outrider.sidecar.http.ResponseHead}; a
 * request in flight is a {@link dev.outrider.sidecar.http.ServerStream} on the client's side and a
 * {@link dev.outrider.sidecar.http.ClientStream} on the upstream's. The sub-packages adapt a wire
 * protocol to these.
 *
 * <p><b>Threads.</b> A stream and its heads belong to one event loop; every method is called on it.
 *
 * <p><b>Ownership.</b> Whoever is handed a {@code ByteBuf} owns it: passes it on or releases it,
 * also on failure. Bodies go by reference and are never copied or gathered.
 *
 * <p><b>Flushing.</b> Data written to a stream may wait in it until {@code flush()}; a source calls
 * that once for all it delivered in one read, which keeps system calls few.
 */
@NullMarked
package dev.outrider.sidecar.http;

import org.jspecify.annotations.NullMarked;
