package dev.outrider.sidecar.pod;

import java.io.IOException;

/** A page of metrics that a scraper would refuse as a whole. */
final class MalformedMetricsException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedMetricsException(String sentence) {
        super(sentence);
    }
}
