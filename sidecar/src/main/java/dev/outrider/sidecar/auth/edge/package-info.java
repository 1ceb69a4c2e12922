/**
 * Rank 5, within {@code auth}: who calls from outside the mesh. All of it is filters, built once
 * from a configuration and shared by all loops:
 *
 * <ol>
 *   <li>{@link dev.outrider.sidecar.auth.edge.ClientAddressFilter} finds the client's address
 *       behind trusted proxies and says it in fields that nobody outside can write;
 *   <li>{@link dev.outrider.sidecar.auth.edge.ForgedFields} takes out whatever only the edge or the
 *       mesh may say; both stand above the routes, so that no route sees a forged field;
 *   <li>{@link dev.outrider.sidecar.auth.edge.ClientCertificateFilter} says in one of those fields
 *       which certificate the client has shown;
 *   <li>{@link dev.outrider.sidecar.auth.edge.EdgeAuthFilter}, of a route: one credential at most,
 *       a token, an API key or the connection's certificate, becomes the exchange's {@link
 *       dev.outrider.sidecar.exchange.Caller};
 *   <li>{@link dev.outrider.sidecar.auth.edge.RbacFilter}, of a route: its roles and scopes;
 *   <li>{@link dev.outrider.sidecar.auth.edge.ClaimHeaders} tells the service behind who it is.
 * </ol>
 *
 * <p>Everything runs on the exchange's loop and nothing blocks.
 */
@NullMarked
package dev.outrider.sidecar.auth.edge;

import org.jspecify.annotations.NullMarked;
