package dev.outrider.sidecar.limit;

/**
 * What one limit did so far, over all configurations; for metrics.
 *
 * @param allowed requests that it let through
 * @param refused requests that it refused, also after they had waited
 * @param wouldRefuse requests that it would have refused, were it not a dry run
 * @param throttled requests that had to wait
 * @param decidedAlone times that Redis was asked in vain and this process counted alone
 * @param refusedBlind times that Redis was asked in vain and the request was refused
 * @param leased units taken in advance
 */
public record LimitCounts(
        long allowed,
        long refused,
        long wouldRefuse,
        long throttled,
        long decidedAlone,
        long refusedBlind,
        long leased) {}
