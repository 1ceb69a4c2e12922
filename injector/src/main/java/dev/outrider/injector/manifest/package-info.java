/**
 * {@code outrider inject} and {@code outrider uninject}: does to the pods in files what the webhook
 * does to pods in a cluster, and takes it away again. Rank 2, beside the webhook. Runs on the main
 * thread and may block.
 *
 * <p>A file is read whole, decided on, changed where it has to be ({@code text}), read again and
 * compared with what was wanted before a byte is written anywhere.
 */
@NullMarked
package dev.outrider.injector.manifest;

import org.jspecify.annotations.NullMarked;
