/**
 * Rank 9: the operator's port. Health, metrics, and read-only views of the running sidecar, and a
 * few changes by POST, on a port of its own, by default on loopback only. It must never disturb the
 * data path: it has no part of it in hand, only the functions of {@link
 * dev.outrider.sidecar.admin.AdminViews}, runs on virtual threads of its own, holds a bounded
 * number of connections, and gives each one request and a deadline. Only the composition root calls
 * it; the views are called from its virtual threads, several at once, and must give snapshots.
 */
@NullMarked
package dev.outrider.sidecar.admin;

import org.jspecify.annotations.NullMarked;
