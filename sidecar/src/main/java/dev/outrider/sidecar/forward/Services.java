package dev.outrider.sidecar.forward;

import org.jspecify.annotations.Nullable;

/** The services there are. Any thread, event loops too. */
public interface Services {
    /** Null if none has that name; one that nobody has asked for yet is made. */
    @Nullable Service find(String name);

    /** Those made so far. */
    Iterable<Service> made();
}
