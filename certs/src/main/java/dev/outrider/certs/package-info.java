/** Placeholder of the certs module. */
@NullMarked
package dev.outrider.certs;

import org.jspecify.annotations.NullMarked;
