"""The side-by-side benchmark: command reads the arguments and runs rows; a row (rows) is a way of measuring (rounds,
latency, ages, starts, idle, services) and subjects that do equal work (subjects); relays, envoy and outrider write
configurations; load and counters run the tools; figures, report and chart hold and show what came out. Python's
standard library only, but for cryptography in pki."""
