package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/**
 * Where the access log goes.
 *
 * @param output {@code off}, {@code stdout} or a file's absolute path
 * @param sample the share of exchanges that went well that are logged; others always are
 * @param queryValues whether the values in a query are logged; they may be secrets
 * @param queue lines that wait at most; further ones are dropped and counted
 */
public record AccessLogConfig(String output, double sample, boolean queryValues, int queue) {
    static final String OFF = "off";
    static final String STDOUT = "stdout";

    public static final AccessLogConfig DEFAULTS = new AccessLogConfig(OFF, 1, false, 8192);

    public static final Schema<AccessLogConfig> SCHEMA =
            Schema.record(
                    "AccessLogConfig",
                    "The access log: a line of JSON for each exchange.",
                    f ->
                            new AccessLogConfig(
                                    f.optional(
                                            "output",
                                            Schemas.text(),
                                            DEFAULTS.output,
                                            "off, stdout or the absolute path of a file"),
                                    f.optional(
                                            "sample",
                                            Schemas.percent(),
                                            DEFAULTS.sample,
                                            "share of the good exchanges that are logged; failures"
                                                    + " and 5xx always are"),
                                    f.optional(
                                            "queryValues",
                                            Schemas.bool(),
                                            DEFAULTS.queryValues,
                                            "log the values in queries too; they may be secrets"),
                                    f.optional(
                                            "queue",
                                            Schemas.integer(64, 1_000_000),
                                            DEFAULTS.queue,
                                            "lines that wait at most; more are dropped and"
                                                    + " counted")));

    public AccessLogConfig {
        if (!output.equals(OFF) && !output.equals(STDOUT) && !output.startsWith("/")) {
            throw new IllegalArgumentException(
                    "output must be off, stdout or an absolute path, not '" + output + "'");
        }
        if (!(sample >= 0 && sample <= 1)) {
            throw new IllegalArgumentException("sample must be from 0% to 100%");
        }
        if (queue < 64) {
            throw new IllegalArgumentException("queue must be at least 64");
        }
    }

    /** Whether anything is logged at all. */
    public boolean on() {
        return !output.equals(OFF);
    }
}
