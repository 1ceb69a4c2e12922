package dev.outrider.injector.capture;

import java.util.Locale;

/** The choice of a tool. */
enum Backend {
    AUTO,
    NFT,
    IPTABLES,
    IPTABLES_NFT,
    IPTABLES_LEGACY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
