/**
 * A small client of the Kubernetes API for the authority, the injector and the sidecar: objects are
 * maps and lists as {@link dev.outrider.certs.Json} reads them, so that no model of the whole API
 * comes along. {@link KubeApi} asks once, {@link Watch} reads one stream of changes, {@link Mirror}
 * keeps a copy that survives dropped watches and expired versions, {@link LeaderElection} holds a
 * Lease. Every call has a deadline and a bound on its answer, and every failure is a {@link
 * KubeException} that names the object and the mend. Everything blocks: call it from virtual
 * threads, never from an event loop. Knows the library's {@code Json} and nothing above it.
 */
@NullMarked
package dev.outrider.certs.kubernetes;

import org.jspecify.annotations.NullMarked;
