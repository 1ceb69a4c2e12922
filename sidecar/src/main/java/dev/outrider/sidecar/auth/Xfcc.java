package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code x-forwarded-client-cert} as Envoy writes it: elements with commas between, one
 * for each proxy that says whose certificate it was shown, the last proxy's last. An element is
 * {@code By=…;Hash=…;Subject="…";URI=…;DNS=…}. This makes one proxy's elements; any thread.
 */
public final class Xfcc {
    /** In lower case. */
    public static final String NAME = "x-forwarded-client-cert";

    private static final int REMEMBERED = 4096;

    /** A certificate may hold hundreds of names, and a service takes only so long a head. */
    private static final int LONGEST = 2048;

    private final @Nullable SpiffeId self;

    /** By certificate: built once for a certificate, not for each request. */
    private final ExpiringCache<String, String> elements = new ExpiringCache<>(REMEMBERED);

    /**
     * @param self who says it; null for a proxy that has no identity
     */
    public Xfcc(@Nullable SpiffeId self) {
        this.self = self;
    }

    /** About the certificate of that peer, which has one. */
    public String element(Peer peer) {
        String hash = peer.certificateHash();
        if (hash == null) {
            return element(self, peer);
        }
        String element = elements.get(hash, this, 0);
        if (element == null) {
            element = element(self, peer);
            elements.put(hash, element, this, Long.MAX_VALUE);
        }
        return element;
    }

    /**
     * What the sender has put there; null if it is nothing, or so malformed that an element after
     * it could be taken for a part of it.
     */
    static @Nullable String said(Headers headers) {
        List<String> all = headers.all(NAME);
        for (String each : all) {
            if (!isClosed(each)) {
                return null;
            }
        }
        return all.isEmpty() ? null : String.join(",", all);
    }

    private static boolean isClosed(String value) {
        boolean quoted = false;
        boolean escaped = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c >= 127) {
                return false;
            }
            if (c == '"' && !escaped) {
                quoted = !quoted;
            }
            escaped = quoted && c == '\\' && !escaped;
        }
        return !quoted && !value.isBlank();
    }

    static String element(@Nullable SpiffeId self, Peer peer) {
        StringBuilder element = new StringBuilder(256);
        if (self != null) {
            element.append("By=").append(self).append(';');
        }
        if (peer.certificateHash() != null) {
            element.append("Hash=").append(peer.certificateHash()).append(';');
        }
        subject(element, peer.subject());
        if (peer.id() != null) {
            element.append(";URI=").append(peer.id());
        }
        for (String uri : peer.uris()) {
            name(element, "URI", uri, "-._~:/?#[]@!$&'()*+,;=%");
        }
        for (String name : peer.dnsNames()) {
            name(element, "DNS", name, "-._*");
        }
        return element.toString();
    }

    /** Hundreds of bytes at most, or it is left empty. */
    private static void subject(StringBuilder element, @Nullable String subject) {
        int start = element.append("Subject=\"").length();
        quoted(element, subject);
        if (element.length() > LONGEST) {
            element.setLength(start);
        }
        element.append('"');
    }

    /**
     * A name that does not fit any more, or has a character that no such name has, is left out: so
     * a client may seem to have fewer names than it has, never another one.
     */
    private static void name(StringBuilder element, String key, String name, String also) {
        boolean proper =
                !name.isEmpty()
                        && name.chars().allMatch(c -> isLetterOrDigit(c) || also.indexOf(c) >= 0);
        if (!proper || element.length() + name.length() + 7 > LONGEST) {
            return;
        }
        boolean quotes = name.chars().anyMatch(c -> c == ',' || c == ';' || c == '=');
        element.append(';').append(key).append(quotes ? "=\"" : "=").append(name);
        if (quotes) {
            element.append('"');
        }
    }

    private static boolean isLetterOrDigit(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    /**
     * A name in the form of RFC 4514 escapes its quotes already, and such pairs are kept; whatever
     * is not escaped is, so that no name can end the quotes. Octets outside visible ASCII become
     * that RFC's {@code \XX}.
     */
    private static void quoted(StringBuilder element, @Nullable String subject) {
        if (subject == null) {
            return;
        }
        boolean escaped = false;
        for (byte octet : subject.getBytes(StandardCharsets.UTF_8)) {
            if (octet < ' ' || octet == 127) {
                element.append(escaped ? "\\" : "").append(String.format("\\%02X", octet & 0xff));
                escaped = false;
            } else if (escaped || octet != '"') {
                element.append((char) octet);
                escaped = !escaped && octet == '\\';
            } else {
                element.append("\\\"");
            }
        }
        if (escaped) {
            element.append('\\');
        }
    }
}
