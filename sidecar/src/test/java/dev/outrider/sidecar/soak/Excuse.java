package dev.outrider.sidecar.soak;

/**
 * The only ways in which a call may fail, and each only while an instance of the service that it
 * calls is dead. Whatever else fails could have been served.
 */
enum Excuse {
    /** The client had the answer's head already: another try would answer it twice. */
    ANSWER_BEGUN,

    /**
     * An instance had the request when it died, says the proxy, and may have carried it out; no
     * method that may be repeated (RFC 9110, section 9.2.2), so that trying again could do it
     * twice.
     */
    MAY_BE_DONE,

    /**
     * No instance has done it, but more of its body had gone to one that could not take it than a
     * sidecar keeps for another try.
     */
    TOO_LONG_TO_KEEP,

    /** An open WebSocket or raw TCP connection: it belongs to the instance that has died. */
    CONVERSATION
}
