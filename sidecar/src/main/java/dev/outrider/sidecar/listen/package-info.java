/**
 * Rank 7: connections come in here. A {@link dev.outrider.sidecar.listen.Listener} binds a port and
 * bounds how many connections it holds. Each goes through small steps, led by {@link
 * dev.outrider.sidecar.listen.Accepted}: the PROXY protocol's header from balancers that must send
 * one; the original destination, if the kernel redirected it here; the table of ports; the first
 * bytes, if the table does not settle it; TLS with a verified peer, or plain text. At the end
 * {@link dev.outrider.sidecar.listen.Handlers} get the requests of HTTP, or the bytes of all else.
 * Every step bounds what it holds and how long it waits. A connection stays on the loop that
 * accepted it; opening, draining and closing a listener may be asked for on any thread.
 */
@NullMarked
package dev.outrider.sidecar.listen;

import org.jspecify.annotations.NullMarked;
