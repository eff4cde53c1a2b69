"""`make bench`: the engine and the whole service on the sample, a long recording on four workers, webhooks to twenty
endpoints, the wallet with a million entries, the list with ten thousand transcriptions, and a library of a million
segments where `BENCH_MEETINGS` names a folder of transcripts to breed it from."""

import os

from bench import engine, library, listing, service, sharing, wallet, webhooks

if __name__ == "__main__":
    engine.main()
    service.main()
    sharing.main([])
    webhooks.main([])
    wallet.main([])
    listing.main([])
    if meetings := os.environ.get("BENCH_MEETINGS"):
        library.main(["--meetings", meetings])
