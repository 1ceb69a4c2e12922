/**
 * The story that {@code outrider demo} plays: acts that do something to the mesh, say what should
 * come of it, and look whether it did. Rank 2: imports {@code mesh}, {@code process} and {@code
 * story}. Runs on the main thread; only the steady load of one act uses threads of its own.
 */
@NullMarked
package dev.outrider.examples.demo;

import org.jspecify.annotations.NullMarked;
