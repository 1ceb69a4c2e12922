package dev.outrider.injector.capture;

import java.util.List;

/** One way into this network namespace's nat tables. */
sealed interface RuleStore permits NftStore, IptablesStore {
    /** The tool, for people. */
    String name();

    /** What {@link #write} would feed to the tool on a host that has nothing of ours. */
    String text(List<RuleSet> families);

    /** Puts the rules in place of whatever there is of ours; each family all or nothing. */
    void write(List<RuleSet> families) throws ToolException, InterruptedException;

    /** How many rules of ours there are, for each family. */
    int count(Family family) throws ToolException, InterruptedException;

    /** Removes all that is ours and says what it was; nothing when there is none. */
    List<String> clear() throws ToolException, InterruptedException;
}
