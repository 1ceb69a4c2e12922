package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Peer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code x-forwarded-client-cert} as Envoy writes it: one element {@code
 * By=…;Hash=…;Subject="…";URI=…} about the certificate of the peer.
 */
final class Xfcc {
    static final String NAME = "x-forwarded-client-cert";

    private Xfcc() {}

    static String element(SpiffeId self, Peer peer, SpiffeId id) {
        StringBuilder element = new StringBuilder(256).append("By=").append(self);
        if (peer.certificateHash() != null) {
            element.append(";Hash=").append(peer.certificateHash());
        }
        element.append(";Subject=\"");
        quoted(element, peer.subject());
        return element.append("\";URI=").append(id).toString();
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
