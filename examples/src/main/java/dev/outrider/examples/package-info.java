/** Placeholder of the examples module. */
@NullMarked
package dev.outrider.examples;

import org.jspecify.annotations.NullMarked;
