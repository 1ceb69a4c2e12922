package dev.outrider.sidecar.listen;

/** Who serves a listener's connections, by what they speak. */
public record Handlers(ConnectionHandler http, TcpHandler tcp) {}
