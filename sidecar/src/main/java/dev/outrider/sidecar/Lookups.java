package dev.outrider.sidecar;

import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.DnsConfig;

/** Where endpoints are asked for. Of two clusters the same is meant only if it is one. */
record Lookups(DnsConfig dns, Cluster cluster) {}
