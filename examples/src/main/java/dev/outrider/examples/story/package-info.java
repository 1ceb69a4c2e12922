/**
 * How a demo tells its story: acts that say what they do, what they expect and what they saw. Rank
 * 0: imports nothing else of the examples. Belongs to the main thread.
 */
@NullMarked
package dev.outrider.examples.story;

import org.jspecify.annotations.NullMarked;
