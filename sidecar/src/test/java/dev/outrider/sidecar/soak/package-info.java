/**
 * The soak: everything changes under load for as long as one likes, and nothing that could have
 * been served fails. Each client and each conversation of an app has a thread of its own.
 */
@NullMarked
package dev.outrider.sidecar.soak;

import org.jspecify.annotations.NullMarked;
