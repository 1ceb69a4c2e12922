package dev.outrider.sidecar;

import java.util.List;

/** The corpus, as the fuzzers' beginning. */
public final class Seeds {
    private Seeds() {}

    public static List<byte[]> requests() {
        return CorpusCase.of(
                        "http1/framing.txt",
                        "http1/fields.txt",
                        "http1/request-line.txt",
                        "http1/hosts.txt",
                        "http1/chunks.txt",
                        "http1/hops.txt",
                        "http1/pipelines.txt")
                .map(CorpusCase::bytes)
                .toList();
    }

    public static List<byte[]> responses() {
        return CorpusCase.of("http1-responses/framing.txt", "http1-responses/heads.txt")
                .map(CorpusCase::bytes)
                .filter(bytes -> bytes.length < 5_000)
                .toList();
    }
}
