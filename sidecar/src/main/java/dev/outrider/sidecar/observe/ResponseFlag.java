package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import org.jspecify.annotations.Nullable;

/** Envoy's response flags, as dashboards and people who read access logs know them. */
enum ResponseFlag {
    NONE("-"),
    DPE("DPE"),
    UAEX("UAEX"),
    RL("RL"),
    NR("NR"),
    UH("UH"),
    UO("UO"),
    UF("UF"),
    UT("UT"),
    SI("SI"),
    DT("DT"),
    UC("UC"),
    UR("UR"),
    UPE("UPE"),
    DC("DC"),
    FI("FI"),
    LR("LR");

    private final String letters;
    private final String afterRetries;

    ResponseFlag(String letters) {
        this.letters = letters;
        this.afterRetries = letters + ",URX";
    }

    static ResponseFlag of(@Nullable Failure failure) {
        return switch (failure) {
            case null -> NONE;
            case Failure.BadRequest _ -> DPE;
            case Failure.Refused _ -> UAEX;
            case Failure.RateLimited _ -> RL;
            case Failure.NoRoute _ -> NR;
            case Failure.NoEndpoint _ -> UH;
            case Failure.CircuitOpen _, Failure.BulkheadFull _ -> UO;
            case Failure.ConnectFailed _, Failure.TlsFailed _ -> UF;
            case Failure.TimedOut timedOut ->
                    switch (timedOut.phase()) {
                        case CONNECT -> UF;
                        case PER_TRY, REQUEST -> UT;
                        case IDLE -> SI;
                        case ARRIVED_LATE -> DT;
                        case QUEUE -> UO;
                    };
            case Failure.UpstreamReset _ -> UC;
            case Failure.UpstreamRefused _ -> UR;
            case Failure.UpstreamProtocol _ -> UPE;
            case Failure.ClientGone _ -> DC;
            case Failure.Injected _ -> FI;
            case Failure.Loop _, Failure.NotReady _, Failure.Bug _ -> LR;
        };
    }

    /** Whether the upstream failed although it was tried more than once. */
    static boolean retriesExhausted(Exchange exchange) {
        Failure failure = exchange.failure();
        return failure != null
                && failure.side() == Failure.Side.UPSTREAM
                && exchange.attempts().size() > 1;
    }

    String letters(boolean retriesExhausted) {
        return retriesExhausted ? afterRetries : letters;
    }
}
