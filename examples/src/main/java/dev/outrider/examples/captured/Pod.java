package dev.outrider.examples.captured;

import java.util.Locale;

/** A machine with a sidecar; its number is the last part of its addresses. */
enum Pod {
    WEB,
    ORDERS,
    REDIS;

    /** The machine without one: it has the CA, an app, and callers that no mesh knows. */
    static final String OUTSIDE = "outside";

    String host() {
        return name().toLowerCase(Locale.ROOT);
    }

    String id() {
        return "spiffe://" + PodFile.TRUST_DOMAIN + "/ns/shop/sa/" + host();
    }
}
