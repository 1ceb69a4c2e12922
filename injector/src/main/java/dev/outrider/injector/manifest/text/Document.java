package dev.outrider.injector.manifest.text;

import org.jspecify.annotations.Nullable;

/**
 * One document of a stream.
 *
 * @param root null if there is nothing in it but comments
 * @param end where the next document, or the end of the stream, is announced
 * @param oddity why it may be read and not changed, if so
 */
public record Document(@Nullable Node root, int end, @Nullable BadText oddity) {}
