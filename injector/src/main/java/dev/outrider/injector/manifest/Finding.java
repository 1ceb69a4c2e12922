package dev.outrider.injector.manifest;

/**
 * What was done with an object, or is to be known about it.
 *
 * @param place file and line
 * @param object empty if it is about the file
 */
record Finding(Kind kind, String place, String object, String words) {
    enum Kind {
        /** The text was changed. */
        CHANGED,
        /** All was there already. */
        UNCHANGED,
        /** It is not to be changed. */
        SKIPPED,
        /** It is of a kind that has no pods. */
        PASSED,
        /** It may have pods, and is of a kind that is not known. */
        UNKNOWN,
        /** Something to look at. */
        WARNING,
        /** It must not be made like this. */
        REFUSED
    }
}
