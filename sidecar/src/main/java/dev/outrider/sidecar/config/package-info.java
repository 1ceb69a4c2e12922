/**
 * Rank 10: reads configuration files into records, watches them, and writes down what they may
 * contain. {@link dev.outrider.sidecar.config.ConfigFile} turns a YAML file into a record by its
 * {@link dev.outrider.sidecar.schema.Schema}, {@link dev.outrider.sidecar.config.ConfigWatch}
 * publishes a changed file that is valid and refuses one that is not, {@link
 * dev.outrider.sidecar.config.ConfigReference} and {@link
 * dev.outrider.sidecar.config.ConfigJsonSchema} generate the documentation and the JSON Schema, and
 * {@link dev.outrider.sidecar.config.ConfigDump} shows a file without its secrets. Only the
 * composition root calls it: at start, on the watch's own virtual thread, and on the admin's
 * threads. Everything here blocks on files and must stay off event loops.
 */
@NullMarked
package dev.outrider.sidecar.config;

import org.jspecify.annotations.NullMarked;
