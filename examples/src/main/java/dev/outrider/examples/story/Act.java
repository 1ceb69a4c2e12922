package dev.outrider.examples.story;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a story.
 *
 * @param <S> the stage it plays on
 */
public interface Act<S> {
    String title();

    /** What is done, in a sentence. */
    String does();

    /** What should come of it, in a sentence. */
    String expects();

    /** Does it, and notes what it sees. An exception is a failed step, too. */
    void play(S stage, Sightings seen) throws Exception;

    /** What was seen, each with whether it is as expected. */
    final class Sightings {
        private final List<Sighting> all = new ArrayList<>();

        /** One thing seen. */
        public record Sighting(boolean good, String text) {}

        public void note(String text) {
            all.add(new Sighting(true, text));
        }

        /** Good only if the condition holds. */
        public void check(boolean condition, String text) {
            all.add(new Sighting(condition, text));
        }

        List<Sighting> all() {
            return List.copyOf(all);
        }

        boolean good() {
            return all.stream().allMatch(Sighting::good);
        }
    }
}
