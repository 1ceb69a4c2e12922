package dev.outrider.examples.demo;

import java.util.ArrayList;
import java.util.List;

/** One step of the story. */
interface Act {
    String title();

    /** What is done, in a sentence. */
    String does();

    /** What should come of it, in a sentence. */
    String expects();

    /** Does it, and notes what it sees. An exception is a failed step, too. */
    void play(Stage stage, Sightings seen) throws Exception;

    /** What was seen, each with whether it is as expected. */
    final class Sightings {
        private final List<Sighting> all = new ArrayList<>();

        /** One thing seen. */
        record Sighting(boolean good, String text) {}

        void note(String text) {
            all.add(new Sighting(true, text));
        }

        /** Good only if the condition holds. */
        void check(boolean condition, String text) {
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
