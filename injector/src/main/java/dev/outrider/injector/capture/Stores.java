package dev.outrider.injector.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tools that are installed, the preferred one first. */
record Stores(List<RuleStore> all) {
    Stores {
        all = List.copyOf(all);
    }

    /** Each way into the kernel once, whatever name it goes by. */
    static Stores find(String path) throws ToolException, InterruptedException {
        List<RuleStore> found = new ArrayList<>();
        Tool.find("nft", path).map(NftStore::new).ifPresent(found::add);
        List<IptablesStore> flavours = new ArrayList<>();
        for (String flavour : List.of("", "-nft", "-legacy")) {
            IptablesStore.find(flavour, path)
                    .filter(it -> flavours.stream().noneMatch(f -> f.legacy() == it.legacy()))
                    .ifPresent(flavours::add);
        }
        found.addAll(flavours);
        return new Stores(found);
    }

    /** Those that the choice allows, in the order in which they are to be tried. */
    List<RuleStore> chosenBy(Backend backend) {
        return all.stream().filter(store -> fits(backend, store)).toList();
    }

    private static boolean fits(Backend backend, RuleStore store) {
        return switch (backend) {
            case AUTO -> true;
            case NFT -> store instanceof NftStore;
            case IPTABLES -> store instanceof IptablesStore tables && tables.flavour().isEmpty();
            case IPTABLES_NFT -> store instanceof IptablesStore tables && !tables.legacy();
            case IPTABLES_LEGACY -> store instanceof IptablesStore tables && tables.legacy();
        };
    }

    /** What a dry run shows: the first that is allowed; with nothing installed, nft's syntax. */
    Optional<RuleStore> first(Backend backend) {
        return chosenBy(backend).stream().findFirst();
    }
}
