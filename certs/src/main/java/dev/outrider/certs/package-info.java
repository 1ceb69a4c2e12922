/**
 * The mesh's certificate authority: SPIFFE ids, X.509-SVIDs, JWT-SVIDs, trust bundles, and the
 * server and client that hand them out. A library for the sidecar and the injector, and the {@code
 * outrider certs} and {@code outrider ca} commands. Everything here blocks; call it from virtual
 * threads, never from an event loop.
 */
@NullMarked
package dev.outrider.certs;

import org.jspecify.annotations.NullMarked;
