/**
 * Rank 1: which of Netty's transports carries the traffic: io_uring or epoll where the kernel has
 * them, else NIO. Made once at start by the composition root and handed to whoever opens channels.
 * Also addresses and networks as a configuration writes them.
 */
@NullMarked
package dev.outrider.sidecar.transport;

import org.jspecify.annotations.NullMarked;
