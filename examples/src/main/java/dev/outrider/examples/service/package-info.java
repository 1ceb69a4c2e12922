/**
 * The demo's three services: small HTTP servers as anybody would write them, each a process of its
 * own. They know nothing of the mesh but the port of their own sidecar, and copy the context
 * headers of the request they are serving to the calls they make for it. Each request runs on a
 * virtual thread and may block. Rank 0: imports nothing else of the examples; only {@code
 * ServiceMain}'s command line is known to the demo.
 */
@NullMarked
package dev.outrider.examples.service;

import org.jspecify.annotations.NullMarked;
