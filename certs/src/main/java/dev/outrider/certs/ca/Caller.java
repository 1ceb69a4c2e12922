package dev.outrider.certs.ca;

import dev.outrider.certs.SpiffeId;

/**
 * Who asks, proven.
 *
 * @param proof how, in words that may be logged
 */
record Caller(SpiffeId id, String proof, TokenReview.Use use) {}
