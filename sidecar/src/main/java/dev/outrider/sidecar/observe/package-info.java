/**
 * Rank 5: what is told of traffic. {@link dev.outrider.sidecar.observe.TracingFilter} joins the
 * hops of a trace, {@link dev.outrider.sidecar.observe.Metrics} counts, and {@link
 * dev.outrider.sidecar.observe.AccessLog} writes a line for each exchange; each is an {@link
 * dev.outrider.sidecar.exchange.ExchangeObserver}, wired by the composition root. Observers run on
 * the exchange's loop and only put values aside there: spans are sent by the reporter's thread, log
 * lines are formatted and written by the log's thread, and metrics are rendered by whoever asks.
 * Every queue here is bounded, drops when it is full and counts what it dropped.
 */
@NullMarked
package dev.outrider.sidecar.observe;

import org.jspecify.annotations.NullMarked;
