package dev.outrider.sidecar.auth;

/** Gets a signed token for this workload, valid for one audience. */
@FunctionalInterface
public interface TokenIssuer {
    /**
     * Mints, or reads, a token now. May block, within a deadline of its own; called on a virtual
     * thread, for several audiences at once.
     */
    String mint(String audience) throws Exception;
}
