package dev.outrider.sidecar.admin;

import java.util.List;

/**
 * The destinations there are.
 *
 * @param made those in use, and those made at the start
 * @param unused how many more are configured, which nobody has called yet or for long
 */
public record ServicesView(List<ServiceView> made, int unused) {
    public ServicesView {
        made = List.copyOf(made);
    }
}
