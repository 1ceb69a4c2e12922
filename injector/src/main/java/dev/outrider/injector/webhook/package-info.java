/**
 * What the API server asks about each new pod: an HTTPS server, the AdmissionReview it reads, and
 * the answer. Rank 2. Stateless but for its certificate, so any number of replicas may run.
 *
 * <p>Each request has a virtual thread of its own and may block, within deadlines. {@link
 * dev.outrider.injector.webhook.CertificateKeeper} renews what is shown on one thread and publishes
 * immutable values.
 */
@NullMarked
package dev.outrider.injector.webhook;

import org.jspecify.annotations.NullMarked;
