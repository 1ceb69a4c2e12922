package dev.outrider.sidecar.tls;

import java.util.Locale;

/**
 * Why there is no TLS connection: a stable reason for metrics and alerts, a sentence for people.
 */
public record TlsFailure(Reason reason, String sentence) {
    private static final int LONGEST = 1000;

    public enum Reason {
        /** The other side showed no certificate. */
        NO_CERTIFICATE,
        EXPIRED,
        NOT_YET_VALID,
        /** On our list of what is revoked. */
        REVOKED,
        /** The chain leads to no root of our bundle. */
        UNTRUSTED,
        FOREIGN_TRUST_DOMAIN,
        /** Not a well-formed X.509-SVID: no id, two ids, an authority's certificate, … */
        BAD_CERTIFICATE,
        /** A good certificate of somebody else than we called. */
        WRONG_IDENTITY,
        /** The other side refused our certificate, or the lack of one. */
        REFUSED_BY_PEER,
        /** No version, cipher or protocol in common. */
        NOTHING_IN_COMMON,
        /** What came was not TLS. */
        NOT_TLS,
        TIMEOUT,
        /** The other side closed before the end of the handshake. */
        CLOSED,
        OTHER;

        /** The metric label's form, such as {@code not-yet-valid}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public TlsFailure {
        sentence = printable(sentence);
    }

    /** Names in certificates are the peer's choice: they may not break lines or flood the log. */
    static String printable(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return head.replaceAll("\\p{Cntrl}", "?");
    }
}
