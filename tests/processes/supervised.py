"""The program under test in test_supervisor: a supervisor over the programs described on its command line as JSON."""

import json
import os
import signal
import sys

from processes.programs import Program
from processes.supervisor import Supervisor

with Supervisor(lambda line: print(line, flush=True)) as supervisor:
    for described in json.loads(sys.argv[1]):
        patience = described.get("patience", 5.0)
        supervisor.start(
            Program(
                name=described["name"],
                argv=("/bin/sh", "-c", described["script"]),
                env={"PATH": os.environ["PATH"]},
                stop_order=described.get("stop_order", 0),
                stop_signals=((signal.SIGTERM, patience),),
            )
        )
    print("serving", flush=True)
    supervisor.serve()
