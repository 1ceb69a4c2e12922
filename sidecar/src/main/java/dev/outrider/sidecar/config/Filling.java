package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;

/** What a scalar means, by how the file spells it. */
interface Filling {
    String fill(String source, Value.Place place) throws Refused;
}
