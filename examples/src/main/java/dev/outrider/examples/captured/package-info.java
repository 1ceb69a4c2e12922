/**
 * The story that {@code outrider demo --captured} plays: machines made of network namespaces whose
 * programs know nothing of a proxy. Rank 2: imports {@code mesh}, {@code net}, {@code process} and
 * {@code story}. Runs as root, on the main thread; {@code PodApp}, {@code JavaCaller} and {@code
 * SteadyCaller} are programs of their own.
 */
@NullMarked
package dev.outrider.examples.captured;

import org.jspecify.annotations.NullMarked;
