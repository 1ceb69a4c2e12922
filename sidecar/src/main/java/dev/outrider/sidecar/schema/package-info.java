/**
 * Rank 0: how a configuration record is described, once. A {@link
 * dev.outrider.sidecar.schema.Schema} reads a value of the configuration file into a record, and
 * from the same declaration comes the JSON Schema and the reference in docs/configuration.md, so
 * that the three cannot drift apart. Used at start and on reload only, from one thread at a time;
 * nothing here is on the request path.
 */
@NullMarked
package dev.outrider.sidecar.schema;

import org.jspecify.annotations.NullMarked;
