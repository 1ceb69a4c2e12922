package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.transport.IpPort;

/** A port and what its clients may do; made from the record of the direction it serves. */
public record ListenerConfig(String name, IpPort address, int connections, H1Limits limits) {}
