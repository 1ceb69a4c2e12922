/**
 * Rank 0: the only source of elapsed time for the data path. Policies take a {@link
 * dev.outrider.sidecar.time.Ticker} in their constructor, wall-clock code takes a {@link
 * java.time.InstantSource}, and chance comes as a {@link java.util.random.RandomGenerator}, so that
 * every test can hold all three still. Any thread may call a ticker.
 */
@NullMarked
package dev.outrider.sidecar.time;

import org.jspecify.annotations.NullMarked;
