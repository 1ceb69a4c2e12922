package dev.outrider.sidecar.http;

/** The protocol that brought a message; spelled as ALPN and OpenTelemetry spell it. */
public enum HttpVersion {
    HTTP_1_0("http/1.0", "1.0"),
    HTTP_1_1("http/1.1", "1.1"),
    HTTP_2("h2", "2");

    private final String alpn;
    private final String number;

    HttpVersion(String alpn, String number) {
        this.alpn = alpn;
        this.number = number;
    }

    /** The ALPN identifier (RFC 7301). */
    public String alpn() {
        return alpn;
    }

    /** The value of {@code network.protocol.version}. */
    public String number() {
        return number;
    }
}
