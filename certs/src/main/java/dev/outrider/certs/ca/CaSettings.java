package dev.outrider.certs.ca;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.JwtSvids;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How the server answers.
 *
 * @param hosts DNS names and addresses its certificate carries beside its SPIFFE id
 * @param perAddress the rate of one client address (IPv6: of one /64)
 * @param perIdentity the rate of one proven identity
 * @param dnsNames which identities get DNS names beside their id
 * @param rootDistribution how long a new root is announced before it signs
 */
public record CaSettings(
        InetSocketAddress listen,
        List<String> hosts,
        Duration svidTtl,
        Duration jwtTtl,
        JwtKeys.Schedule schedule,
        Rate perAddress,
        Rate perIdentity,
        DnsNames dnsNames,
        Duration rootDistribution) {
    // Above DEFAULTS, which is checked against them when the class is made.
    private static final Duration SHORTEST_SVID = Duration.ofSeconds(30);
    private static final Duration LONGEST_SVID = Duration.ofDays(90);
    private static final Duration SHORTEST_DISTRIBUTION = Duration.ofMinutes(1);

    public static final CaSettings DEFAULTS =
            new CaSettings(
                    new InetSocketAddress("127.0.0.1", 8443),
                    List.of("localhost", "127.0.0.1"),
                    CertificateAuthority.DEFAULT_TTL,
                    Duration.ofMinutes(10),
                    JwtKeys.Schedule.DEFAULTS,
                    new Rate(20, 200),
                    new Rate(5, 100));

    /** Without DNS names for anybody, and with the usual distribution time of a root. */
    public CaSettings(
            InetSocketAddress listen,
            List<String> hosts,
            Duration svidTtl,
            Duration jwtTtl,
            JwtKeys.Schedule schedule,
            Rate perAddress,
            Rate perIdentity) {
        this(
                listen,
                hosts,
                svidTtl,
                jwtTtl,
                schedule,
                perAddress,
                perIdentity,
                DnsNames.NONE,
                Duration.ofHours(1));
    }

    /** How many a second in the long run, and how many at once. */
    public record Rate(double perSecond, int burst) {
        public Rate {
            if (!(perSecond > 0) || burst < 1) {
                throw new IllegalArgumentException(
                        "a rate must be above zero and its burst at least 1");
            }
        }
    }

    public CaSettings {
        hosts = List.copyOf(hosts);
        if (svidTtl.compareTo(SHORTEST_SVID) < 0 || svidTtl.compareTo(LONGEST_SVID) > 0) {
            throw new IllegalArgumentException(
                    "the life of a certificate must be between 30s and 90d");
        }
        if (rootDistribution.compareTo(SHORTEST_DISTRIBUTION) < 0) {
            throw new IllegalArgumentException(
                    "a new root must be announced for at least 1m before it signs");
        }
        if (jwtTtl.compareTo(JwtSvids.SHORTEST_TTL) < 0
                || jwtTtl.compareTo(JwtSvids.LONGEST_TTL) > 0) {
            throw new IllegalArgumentException("the life of a token must be between 5m and 15m");
        }
    }
}
