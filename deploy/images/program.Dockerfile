# One static program and nothing else: nats-server, and the small servers of the end-to-end tests.
FROM scratch
COPY program /program
USER 65532:65532
ENTRYPOINT ["/program"]
