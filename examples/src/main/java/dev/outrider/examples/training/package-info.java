/**
 * The training runs: what the build does with a proxy so that the JVM of every later one knows its
 * classes and its hot methods beforehand (JEP 483, 514 and 515). A sidecar, and then an edge, is
 * started from the release as a user would, carries real traffic, and its JVM writes what it
 * learned into a cache beside the jars. {@code Training} is what both runs have in common; a {@code
 * Lesson} is what one kind of proxy is taught. Rank 2: imports {@code mesh} and {@code process}.
 * Run by the build alone; the main thread waits, Netty's loops play caller, app and Redis.
 */
@NullMarked
package dev.outrider.examples.training;

import org.jspecify.annotations.NullMarked;
