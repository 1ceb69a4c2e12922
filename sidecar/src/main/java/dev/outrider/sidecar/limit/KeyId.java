package dev.outrider.sidecar.limit;

/** The 128 bits that stand for a key under one quota, where an object is needed. */
record KeyId(long high, long low) {}
