/**
 * Rank 1: HTTP/1.1 and 1.0 on the wire (RFC 9112), as strict as the RFC allows a server to be. What
 * two parsers could read differently is refused, not repaired: a head is copied once into the
 * {@link dev.outrider.sidecar.http.Headers} that will be forwarded and is written anew from there,
 * so no byte of framing passes through unread. {@code H1ServerConnection} and {@code
 * H1ClientConnection} are the channel handlers; everything else here is pure parsing and writing.
 * On the connection's event loop.
 *
 * <p>Why not Netty's codec: docs/adr/0002-own-http1-codec.md.
 */
@NullMarked
package dev.outrider.sidecar.http.h1;

import org.jspecify.annotations.NullMarked;
