/**
 * JSON documents as maps, lists and scalars, and their changes: JSON Pointer (RFC 6901) and JSON
 * Patch (RFC 6902). Rank 0. Pure; any thread.
 */
@NullMarked
package dev.outrider.injector.patch;

import org.jspecify.annotations.NullMarked;
