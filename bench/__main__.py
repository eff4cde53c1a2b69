"""`make bench`: the engine and the whole service on the sample."""

from bench import engine, service

if __name__ == "__main__":
    engine.main()
    service.main()
