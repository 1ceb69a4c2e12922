/**
 * The authority as a running thing: its state on disk, and the HTTPS server that signs for callers
 * who prove who they are (docs/ca-api.md). It stands above the library in {@code
 * dev.outrider.certs} and below the commands. Everything blocks: each request has a virtual thread
 * of its own, and shared state is either immutable behind a volatile field or guarded by the object
 * that owns it.
 */
@NullMarked
package dev.outrider.certs.ca;

import org.jspecify.annotations.NullMarked;
