/**
 * Rank 5: who calls, and whether they may. Filters for the peer's identity ({@link
 * dev.outrider.sidecar.auth.PeerFilter}), service-to-service tokens ({@link
 * dev.outrider.sidecar.auth.JwtFilter}), access rules ({@link
 * dev.outrider.sidecar.auth.AccessFilter}) and, outbound, the token sent along ({@link
 * dev.outrider.sidecar.auth.IdentityTokenFilter}). The composition root builds them and the
 * listeners put them in order.
 *
 * <p>For callers from outside the mesh, {@link dev.outrider.sidecar.auth.EdgeTokens} judges tokens
 * of several issuers on the same verifier; {@code auth.keys} has the API keys and {@code auth.edge}
 * the edge's filters. Both build on this package, and nothing here knows of them.
 *
 * <p><b>Threads.</b> Filters run on the exchange's loop and never block: what has to be read or
 * fetched ({@link dev.outrider.sidecar.auth.Jwks}, {@link dev.outrider.sidecar.auth.DenyList},
 * {@link dev.outrider.sidecar.auth.IdentityTokens}) is read on virtual threads and published as
 * immutable snapshots. The decisions themselves are pure.
 *
 * <p><b>What a caller is told.</b> The reason of a 401 is for logs and metrics only; the answer to
 * the client must not hold it, since it tells a forger what to try next.
 */
@NullMarked
package dev.outrider.sidecar.auth;

import org.jspecify.annotations.NullMarked;
