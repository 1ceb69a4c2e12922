/**
 * Rank 4: Redis for whoever counts or remembers across instances, and the only place with Lettuce.
 * {@link dev.outrider.sidecar.redis.Redis} is what others see. Above {@code resilience}, so that
 * the breaker on Redis itself is the same {@code CircuitBreaker} that guards services.
 *
 * <p><b>Threads.</b> Any thread may call, none is ever blocked. Each event loop of the proxy has a
 * connection of its own and an answer arrives on the loop that asked; whoever asks from elsewhere
 * borrows a loop. There are no threads of Redis's own.
 *
 * <p><b>Time.</b> Every call ends within its budget, with an answer or a {@link
 * dev.outrider.sidecar.redis.RedisUnavailable}, whatever state Redis is in.
 */
@NullMarked
package dev.outrider.sidecar.redis;

import org.jspecify.annotations.NullMarked;
