package dev.outrider.sidecar.admin;

/** One open port: its role, address, state in a word, and connections now. */
public record ListenerView(String name, String address, String state, int connections) {}
