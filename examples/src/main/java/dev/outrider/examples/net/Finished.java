package dev.outrider.examples.net;

/** How a program ended, and what it wrote to both of its outputs. */
public record Finished(int code, String output) {}
