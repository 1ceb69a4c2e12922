"""The side-by-side benchmark: command reads the arguments and runs rows; a row (rows) says which subjects do
equal work; nginx, haproxy, envoy and outrider write configurations and start them; rounds takes the figures;
report and chart write them down. Python's standard library only, but for cryptography in pki."""
