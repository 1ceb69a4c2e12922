package dev.outrider.sidecar.discover;

/**
 * How a name's look-ups fare, for metrics and the admin page.
 *
 * @param answers answers so far, "no such name" included
 * @param failures look-ups so far that brought no answer
 * @param stale whether the endpoints are older than their lifetime, because look-ups fail
 * @param ttlNanos how long the last answer, or failure, holds
 * @param problem what the last look-up failed of; empty if it did not
 */
public record DnsView(
        String name, long answers, long failures, boolean stale, long ttlNanos, String problem) {}
