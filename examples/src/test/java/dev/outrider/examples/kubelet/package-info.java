/**
 * What a kubelet does with a pod, as far as the pod can tell, on machines made of network
 * namespaces: it reads a manifest and believes nothing else. Whatever it does not know it refuses,
 * so a manifest that needs more than is rehearsed fails here. Not rehearsed: seccomp, limits of CPU
 * and memory, restarts after a crash, and images (containers see this machine's {@code /usr} and
 * the release).
 */
@NullMarked
package dev.outrider.examples.kubelet;

import org.jspecify.annotations.NullMarked;
