/**
 * Rank 2: this workload's identity and the TLS made from it. An {@link
 * dev.outrider.sidecar.tls.IdentitySource} gets the identity from files or from the mesh's
 * authority on a virtual thread of its own and publishes immutable {@link
 * dev.outrider.sidecar.tls.Identity} snapshots; listeners and connectors take the current one for
 * each new connection ({@link dev.outrider.sidecar.tls.ServerTls}, {@link
 * dev.outrider.sidecar.tls.ClientTls}) on their event loops. Connections that are open keep what
 * they were made with. Used by {@code listen}, {@code forward} and the composition root; {@code
 * admin} reads {@link dev.outrider.sidecar.tls.IdentityStatus}.
 *
 * <h2>What was chosen about TLS, and why</h2>
 *
 * <ul>
 *   <li>BoringSSL where its native library loads, else the JDK's TLS with the same rules. Its
 *       reference-counted form is used: {@code SslProvider.OPENSSL} puts a finalizer on every
 *       engine, that is on every connection. A context is released when the snapshot it belongs to
 *       is unreachable (a {@link java.lang.ref.Cleaner}, since no event tells when the last event
 *       loop has let go of a snapshot); an engine holds a count of its own, so a handshake that
 *       outlives its snapshot is safe, and {@code SslHandler} releases the engine.
 *   <li>Engine tasks are off: a P-256 handshake is a fraction of a millisecond, and with tasks
 *       {@code SslHandler} runs the same work on the same loop through one more object and wrap
 *       cycle.
 *   <li>Key exchange groups are BoringSSL's own choice, which prefers X25519 with the post-quantum
 *       hybrid X25519MLKEM768 where the library offers it; only the 1.3 suites, and for 1.2 only
 *       forward-secret AEAD suites.
 *   <li>Tickets: BoringSSL makes a random ticket key per context, so a new identity or bundle ends
 *       all resumption by itself; clients cache sessions per context, address and port. A resumed
 *       session carries the peer's chain; that all of it is still valid is checked again, the
 *       signatures are not. 0-RTT data is off: it can be replayed.
 *   <li>For speed later: BoringSSL wants direct buffers and copies heap ones, so keep to a direct
 *       allocator. {@code SslHandler} joins small writes up to 16 KiB into one record by copying;
 *       {@code setWrapDataSize(0)} makes a record of each buffer instead, without the copy and with
 *       22 bytes and one seal more for each. One flush per response matters more than either. Reads
 *       decrypt straight from the receive buffer into a new direct one, no copy is between.
 * </ul>
 */
@NullMarked
package dev.outrider.sidecar.tls;

import org.jspecify.annotations.NullMarked;
