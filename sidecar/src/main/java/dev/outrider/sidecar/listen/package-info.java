/**
 * Rank 7: connections come in here. A {@link dev.outrider.sidecar.listen.Listener} binds a port,
 * bounds how many connections it holds, finds out who is at the other end (plain, or TLS with a
 * verified peer), and gives each connection's requests to a {@link
 * dev.outrider.sidecar.listen.ConnectionHandler}. A connection stays on the loop that accepted it;
 * opening, draining and closing a listener may be asked for on any thread.
 */
@NullMarked
package dev.outrider.sidecar.listen;

import org.jspecify.annotations.NullMarked;
