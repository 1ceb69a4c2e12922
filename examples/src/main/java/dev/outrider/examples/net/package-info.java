/**
 * Machines of our own to play on: network namespaces joined by a switch, each with addresses of
 * both IP families and its own rules. Needs root. Rank 0: imports nothing else of the examples.
 * Everything here blocks; the demo's main thread and tests call it, and {@code NetHosts.close} may
 * also come from a shutdown hook.
 */
@NullMarked
package dev.outrider.examples.net;

import org.jspecify.annotations.NullMarked;
