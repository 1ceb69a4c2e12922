/** Placeholder of the sidecar module. */
@NullMarked
package dev.outrider.sidecar;

import org.jspecify.annotations.NullMarked;
