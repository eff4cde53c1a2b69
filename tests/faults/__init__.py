"""The whole service and all that can go wrong with it at once: `make test-faults`, described in docs/quality.md."""
