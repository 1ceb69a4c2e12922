/**
 * A file of settings in YAML, read key by key, with errors that name file, line, path and mend.
 * Rank 0. Blocks only where a file is read; any thread.
 */
@NullMarked
package dev.outrider.injector.settings;

import org.jspecify.annotations.NullMarked;
