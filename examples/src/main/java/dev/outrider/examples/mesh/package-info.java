/**
 * The mesh of the demo: which programs run where, the configuration files they are given, and
 * clients to look at them with. Rank 1: imports {@code process}. Everything blocks with a deadline;
 * the clients are safe for several threads, starting and killing belongs to the main thread.
 */
@NullMarked
package dev.outrider.examples.mesh;

import org.jspecify.annotations.NullMarked;
