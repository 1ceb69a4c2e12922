package dev.outrider.certs;

import java.security.KeyPair;
import java.util.List;

/** Signing requests that ask for more than is allowed, for tests of other packages. */
public final class OddRequests {
    private OddRequests() {}

    public static String withUris(KeyPair pair, String... uris) {
        return SigningRequest.create(pair, List.of(uris));
    }
}
