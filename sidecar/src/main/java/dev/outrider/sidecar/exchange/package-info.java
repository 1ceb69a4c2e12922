/**
 * Rank 2: one request's life as all parts of the proxy see it. {@link
 * dev.outrider.sidecar.exchange.Exchange} is where filters meet; {@link
 * dev.outrider.sidecar.exchange.Failure} is every way it can end badly, {@link
 * dev.outrider.sidecar.exchange.FailureResponse} what the client is told then, and {@link
 * dev.outrider.sidecar.exchange.ExchangeObserver} who watches. An exchange belongs to one event
 * loop and is touched on no other thread.
 */
@NullMarked
package dev.outrider.sidecar.exchange;

import org.jspecify.annotations.NullMarked;
