package dev.outrider.sidecar.discover;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Knows where a service is, and tells when that changes. Methods may be called on any thread. */
public interface EndpointSource extends AutoCloseable {
    /**
     * The last known set, whose hosts are IP literals; {@link EndpointSet#NONE} before the first
     * answer.
     */
    EndpointSet current();

    /**
     * Tells {@code subscriber} each further set, and the current one at once if there is one; never
     * two calls at a time, never an older set after a newer.
     */
    void subscribe(Consumer<EndpointSet> subscriber);

    /** Begins to look; called once. */
    void start();

    /**
     * Completes at the first answer, be it endpoints or a definite failure: a start waits for this,
     * not for success.
     */
    CompletionStage<EndpointSet> ready();

    /** Whether {@link #ready} has completed; cheap enough to be asked for every call. */
    boolean answered();

    /** How its look-ups fare; empty if it makes none. */
    List<DnsView> lookups();

    /** Who answers there, as a SPIFFE id, if the source knows of exactly one. */
    default @Nullable String peer() {
        return null;
    }

    /** How it stands with what it knows, in a few words for people; empty for nothing to say. */
    default String standing() {
        return "";
    }

    /** Stops looking; no subscriber is told anything afterwards. */
    @Override
    void close();
}
