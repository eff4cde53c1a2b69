"""`make bench`: the engine and the whole service on the sample, and the wallet with a million entries."""

from bench import engine, service, wallet

if __name__ == "__main__":
    engine.main()
    service.main()
    wallet.main([])
