/**
 * The training run: what the build does with a proxy so that the JVM of every later one knows its
 * classes and its hot methods beforehand (JEP 483, 514 and 515). A sidecar is started from the
 * release as a user would, carries real traffic, and its JVM writes what it learned into a cache
 * beside the jars. Rank 2: imports {@code mesh} and {@code process}. Run by the build alone; the
 * main thread waits, Netty's loops play caller and app.
 */
@NullMarked
package dev.outrider.examples.training;

import org.jspecify.annotations.NullMarked;
