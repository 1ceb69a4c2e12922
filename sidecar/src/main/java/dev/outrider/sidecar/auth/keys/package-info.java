/**
 * Rank 5, within {@code auth}: API keys, {@code ork_<id>_<secret>}. A secret has 190 bits of chance
 * and is stored nowhere, only its SHA-256: nobody can guess it, so a slow hash would protect
 * nothing and cost each request its time.
 *
 * <p>{@link dev.outrider.sidecar.auth.keys.KeyStore} is where keys are kept, a file or Redis;
 * {@link dev.outrider.sidecar.auth.keys.KeyOperations} is what the admin port and {@code outrider
 * keys} do to them; {@link dev.outrider.sidecar.auth.keys.ApiKeys} is what requests are judged by:
 * a snapshot of the whole store, read again each second in the background. So a request never waits
 * for the store, an unknown key costs what a wrong one does, and a revocation acts within a second
 * or two.
 *
 * <p><b>Threads.</b> Stores and operations block; they are for virtual threads and commands. {@code
 * ApiKeys} judges on any loop, without a lock.
 */
@NullMarked
package dev.outrider.sidecar.auth.keys;

import org.jspecify.annotations.NullMarked;
