package dev.outrider.injector.capture;

/** One condition of a rule. */
sealed interface Match {
    record Leaving(String networkInterface) implements Match {}

    record Entering(String networkInterface) implements Match {}

    record NotFrom(Cidr range) implements Match {}

    record To(Cidr range) implements Match {}

    record NotTo(Cidr range) implements Match {}

    record ToPorts(PortRange ports) implements Match {}

    /** The socket was opened by this user. */
    record OfUser(long uid) implements Match {}

    /** The socket was opened by this group; supplementary groups do not count. */
    record OfGroup(long gid) implements Match {}
}
