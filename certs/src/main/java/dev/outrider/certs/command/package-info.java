/**
 * The subcommands of {@code outrider certs} and {@code outrider ca}: they read options, call the
 * library or the server, and say in words what happened. Above everything else in this module but
 * the two entry points; each runs once, on the main thread of its own process.
 */
@NullMarked
package dev.outrider.certs.command;

import org.jspecify.annotations.NullMarked;
