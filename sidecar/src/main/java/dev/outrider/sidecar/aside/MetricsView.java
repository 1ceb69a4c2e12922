package dev.outrider.sidecar.aside;

/** Writes the metrics for a scrape. */
@FunctionalInterface
public interface MetricsView {
    /**
     * @param accept the scraper's Accept field, empty when it sent none
     */
    Page scrape(String accept);

    /** The text in the format that was agreed on. */
    record Page(String contentType, String text) {}
}
