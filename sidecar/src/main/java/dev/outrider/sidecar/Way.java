package dev.outrider.sidecar;

import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.forward.TcpForwarder;

/** What becomes of what comes through a port: its requests, and its connections that are none. */
record Way(FilterChain http, TcpForwarder tcp) {}
