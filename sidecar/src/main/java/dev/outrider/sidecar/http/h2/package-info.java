/**
 * Rank 1: HTTP/2 on the wire (RFC 9113), on Netty's frame codec, HPACK decoder and flow controllers
 * but without its child channels: a stream costs one object of ours. {@code H2ServerConnection} and
 * {@code H2ClientConnection} are the channel handlers; they are made by whoever accepts or opens a
 * connection, and used on its event loop only.
 *
 * <p>What is ours and not Netty's: {@code FrameGate} sees each frame before it is decoded and
 * counts what a flood is made of; {@code FieldBlock} checks fields while HPACK decodes them and
 * keeps them as bytes; {@code HeaderEncoder} writes blocks from such bytes; {@code Inflow} gives a
 * body's bytes back to the peer's window only as fast as they are taken; {@code PendingBytes} knows
 * what each stream still has to write.
 */
@NullMarked
package dev.outrider.sidecar.http.h2;

import org.jspecify.annotations.NullMarked;
