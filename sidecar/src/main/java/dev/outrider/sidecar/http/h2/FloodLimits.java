package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/**
 * How many frames of the kinds that cost the sender nothing may come within {@link
 * FloodGuard#WINDOW_SECONDS}. The defaults are far above what a working peer sends and far below
 * what would hurt.
 */
public record FloodLimits(
        int resets, int pings, int settings, int priorities, int windowUpdates, int emptyFrames) {

    public static final FloodLimits DEFAULTS = new FloodLimits(200, 5_000, 100, 2_000, 2_000, 100);

    public static final Schema<FloodLimits> SCHEMA =
            Schema.record(
                    "Http2FloodLimits",
                    "Frames of one kind that a peer may send in 10 s; more ends the connection with"
                            + " ENHANCE_YOUR_CALM.",
                    f ->
                            new FloodLimits(
                                    f.optional(
                                            "resets",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.resets,
                                            "streams that the client resets, when they are also"
                                                    + " more than half of those it opened; and"
                                                    + " streams that its faults make us reset"),
                                    f.optional(
                                            "pings",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.pings,
                                            "PING frames"),
                                    f.optional(
                                            "settings",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.settings,
                                            "SETTINGS frames"),
                                    f.optional(
                                            "priorities",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.priorities,
                                            "PRIORITY frames and frames of unknown type"),
                                    f.optional(
                                            "windowUpdates",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.windowUpdates,
                                            "WINDOW_UPDATE frames beyond two for each KiB sent to"
                                                    + " the peer"),
                                    f.optional(
                                            "emptyFrames",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.emptyFrames,
                                            "DATA frames without a byte that end nothing")));
}
