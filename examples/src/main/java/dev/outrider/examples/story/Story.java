package dev.outrider.examples.story;

import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.util.List;

/** Shows on the screen how a story goes, and how long each part of it took. */
public final class Story {
    private final Screen screen;
    private final Ticker ticker;

    /** Returns when something is ready. */
    public interface Wait {
        void await() throws IOException, InterruptedException;
    }

    public Story(Screen screen, Ticker ticker) {
        this.screen = screen;
        this.ticker = ticker;
    }

    /** Waits, and says for what and how long. */
    public void ready(String name, Wait wait) throws IOException, InterruptedException {
        long started = ticker.nanos();
        screen.beginLine("   %-18s".formatted(name));
        wait.await();
        screen.endLine(screen.mark(true) + " ready after " + since(started));
    }

    /** Plays all acts, whatever becomes of each; gives the number of those not as expected. */
    public <S> int play(List<? extends Act<S>> acts, S stage) throws InterruptedException {
        int bad = 0;
        for (int i = 0; i < acts.size(); i++) {
            bad += play(i + 1, acts.get(i), stage) ? 0 : 1;
        }
        return bad;
    }

    public String since(long started) {
        return "%.1f s".formatted((ticker.nanos() - started) / 1e9);
    }

    private <S> boolean play(int number, Act<S> act, S stage) throws InterruptedException {
        screen.heading(number + ". " + act.title());
        screen.item("done", act.does());
        screen.item("expected", act.expects());
        long started = ticker.nanos();
        Act.Sightings seen = new Act.Sightings();
        try {
            act.play(stage, seen);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            seen.check(false, e.getMessage() == null ? e.toString() : e.getMessage());
        }
        seen.all().forEach(each -> screen.verdict(each.good(), each.text()));
        screen.item("took", since(started));
        return seen.good();
    }
}
