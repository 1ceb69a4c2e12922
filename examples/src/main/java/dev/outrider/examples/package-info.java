/**
 * The commands {@code outrider demo} and {@code outrider completion}. Rank 3, the top: {@code demo}
 * (2) is the story, {@code mesh} (1) the programs it plays on, {@code process} and {@code service}
 * (0) the ground. Runs on the main thread.
 */
@NullMarked
package dev.outrider.examples;

import org.jspecify.annotations.NullMarked;
