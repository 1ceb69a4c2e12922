/**
 * Child processes that never outlive the one that started them, the ports they get, and waiting
 * with a deadline. Rank 0: imports nothing else of the examples. Used from the demo's main thread;
 * {@code Family.close} may also come from the shutdown hook.
 */
@NullMarked
package dev.outrider.examples.process;

import org.jspecify.annotations.NullMarked;
