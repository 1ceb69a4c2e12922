/**
 * Rank 9: the pod port, which the kubelet and Prometheus reach from outside without a certificate:
 * the sidecar's health, its metrics together with the app's, and the app's probes, called in the
 * kubelet's stead. Nothing of a request decides what is called: address, port, path and fields are
 * the configuration's. Everything runs, and blocks, on the virtual threads of {@link
 * dev.outrider.sidecar.aside.PortServer}; what an app can make grow or last is bounded. Only the
 * composition root uses it.
 */
@NullMarked
package dev.outrider.sidecar.pod;

import org.jspecify.annotations.NullMarked;
