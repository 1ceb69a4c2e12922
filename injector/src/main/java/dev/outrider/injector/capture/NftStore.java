package dev.outrider.injector.capture;

import java.util.ArrayList;
import java.util.List;

/** nftables by its own tool, in tables of our own. */
record NftStore(Tool nft) implements RuleStore {
    @Override
    public String name() {
        return "nft";
    }

    @Override
    public String text(List<RuleSet> families) {
        return "# nft -f -\n" + NftText.replacing(families);
    }

    @Override
    public void write(List<RuleSet> families) throws ToolException, InterruptedException {
        nft.run(NftText.replacing(families), "-f", "-");
    }

    @Override
    public int count(Family family) throws ToolException, InterruptedException {
        if (!has(family)) {
            return 0;
        }
        String listed = nft.run("", "list", "table", keyword(family), NftText.TABLE);
        return (int)
                listed.lines()
                        .filter(line -> line.matches(".*(return|jump [a-z]+|redirect to :\\d+)$"))
                        .count();
    }

    @Override
    public List<String> clear() throws ToolException, InterruptedException {
        List<String> removed = new ArrayList<>();
        for (Family family : Family.values()) {
            int rules = count(family);
            if (has(family)) {
                nft.run("", "delete", "table", keyword(family), NftText.TABLE);
                removed.add("nft: table %s with %d rules".formatted(NftText.table(family), rules));
            }
        }
        return removed;
    }

    private boolean has(Family family) throws ToolException, InterruptedException {
        return nft.run("", "list", "tables")
                .lines()
                .anyMatch(line -> line.strip().equals("table " + NftText.table(family)));
    }

    private static String keyword(Family family) {
        return NftText.keyword(family);
    }
}
