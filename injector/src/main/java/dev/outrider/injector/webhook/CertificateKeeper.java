package dev.outrider.injector.webhook;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the certificate that the webhook shows good. A new one is shown only once the API server
 * has trusted its root for a moment, so that a rotation fails no call: first everybody trusts both,
 * then the certificate changes. {@link #look} is called by one thread; what it publishes may be
 * read by any.
 */
public final class CertificateKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    /** API servers follow their webhooks' configurations by watches; this is ample. */
    static final Duration SETTLE = Duration.ofSeconds(10);

    /** Somebody else may keep the caBundle, or nobody can read it. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration REMIND = Duration.ofMinutes(10);
    private static final double NEAR_ITS_END = 0.1;
    private static final double ALARM = 0.2;

    private final CertificateSource source;
    private final ApiServerTrust trust;
    private volatile @Nullable ServingCertificate shown;
    private volatile @Nullable Waiting waiting;
    private volatile List<X509Certificate> roots = List.of();
    private volatile @Nullable String problem;
    private @Nullable Instant reminded;

    /** A newer certificate that is not shown yet. */
    private record Waiting(ServingCertificate certificate, Instant since) {}

    public CertificateKeeper(CertificateSource source, ApiServerTrust trust) {
        this.source = source;
        this.trust = trust;
    }

    /** Looks again and again on a virtual thread, until it is interrupted. */
    public Thread start(InstantSource clock, Duration first, Duration then) {
        return Thread.ofVirtual()
                .name("certificate")
                .start(() -> {
                    try {
                        while (true) {
                            look(clock.instant());
                            Thread.sleep(shown == null ? first : then);
                        }
                    } catch (InterruptedException e) {
                        // The end.
                    }
                });
    }

    /** Null before the first. */
    @Nullable ServingCertificate shown() {
        return shown;
    }

    /** When what is shown ends; the beginning of time when nothing is. */
    public Instant notAfter() {
        ServingCertificate now = shown;
        return now == null ? Instant.EPOCH : now.notAfter();
    }

    /** Why there is no newer one, or none at all. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * What the API server has to trust: the roots of today and tomorrow, and those that what is
     * shown, or is about to be, was handed out with. Empty while nothing is known.
     */
    public List<X509Certificate> roots() {
        return roots;
    }

    /** Why the API server would not take our word just now. */
    public Optional<String> unready(Instant now) {
        ServingCertificate current = shown;
        if (current == null) {
            String why = problem;
            return Optional.of("no certificate yet" + (why == null ? "" : ": " + why));
        }
        if (!now.isBefore(current.notAfter())) {
            return Optional.of("the certificate ended at " + current.notAfter());
        }
        return trust.seen()
                .filter(seen -> !current.leadsTo(seen.roots(), now))
                .map(_ -> "the webhook's caBundle does not hold the root of our certificate yet");
    }

    void look(Instant now) {
        ServingCertificate current = shown;
        Waiting queued = waiting;
        try {
            ServingCertificate newest =
                    source.newest(queued == null ? current : queued.certificate(), now);
            List<X509Certificate> known = source.roots(now);
            consider(current, queued, newest, now);
            roots = union(known);
            if (problem != null) {
                LOG.info("the webhook's certificate can be renewed again");
                problem = null;
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
        alarm(now);
    }

    @Override
    public void close() {
        source.close();
    }

    private void consider(
            @Nullable ServingCertificate current,
            @Nullable Waiting queued,
            ServingCertificate newest,
            Instant now) {
        if (current == null) {
            show(newest, "first");
            return;
        }
        if (newest.equals(current)) {
            waiting = null;
            return;
        }
        Waiting next =
                queued != null && queued.certificate().equals(newest)
                        ? queued
                        : new Waiting(newest, now);
        Optional<String> why = mayShow(current, next, now);
        if (why.isPresent()) {
            show(newest, why.get());
        } else {
            waiting = next;
        }
    }

    private Optional<String> mayShow(ServingCertificate current, Waiting next, Instant now) {
        Optional<ApiServerTrust.Seen> seen = trust.seen();
        boolean trusted = seen.isPresent() && next.certificate().leadsTo(seen.get().roots(), now);
        if (trusted && !now.isBefore(seen.get().since().plus(SETTLE))) {
            return Optional.of("the API server trusts it");
        }
        if (trusted && !current.leadsTo(seen.get().roots(), now)) {
            return Optional.of("the API server trusts it, and no longer the one before");
        }
        if (current.left(now) < NEAR_ITS_END) {
            return Optional.of("the one before ends at " + current.notAfter());
        }
        return now.isBefore(next.since().plus(PATIENCE))
                ? Optional.empty()
                : Optional.of("nothing says that the API server trusts it, but it waited for long");
    }

    private void show(ServingCertificate certificate, String why) {
        shown = certificate;
        waiting = null;
        LOG.info("the webhook shows another certificate ({}): {}", why, certificate.shown());
    }

    /** What was handed out in place of a root belongs to it: a self-signed certificate. */
    private List<X509Certificate> union(List<X509Certificate> known) {
        Set<X509Certificate> all = new LinkedHashSet<>(known);
        List<ServingCertificate> certificates = new ArrayList<>();
        if (shown != null) {
            certificates.add(shown);
        }
        if (waiting != null) {
            certificates.add(waiting.certificate());
        }
        for (ServingCertificate certificate : certificates) {
            roots.stream()
                    .filter(root -> certificate.leadsTo(List.of(root), certificate.notBefore()))
                    .forEach(all::add);
        }
        return List.copyOf(all);
    }

    private void failed(Exception e) {
        String message = String.valueOf(e.getMessage());
        if (!message.equals(problem)) {
            LOG.warn("the webhook's certificate cannot be renewed, trying again: {}", message);
        }
        problem = message;
    }

    private void alarm(Instant now) {
        ServingCertificate current = shown;
        if (current == null || current.left(now) >= ALARM) {
            reminded = null;
        } else if (reminded == null || !now.isBefore(reminded.plus(REMIND))) {
            reminded = now;
            LOG.error(
                    "the webhook's certificate ends at {} and is not renewed ({}); when it ends, no"
                            + " pod starts where the mesh is required",
                    current.notAfter(),
                    problem == null ? "its newer one is not trusted yet" : problem);
        }
    }
}
