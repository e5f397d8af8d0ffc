"""The command of a cluster: `python -m dedup.integrations.spark SRC -o DST`, or this file for `spark-submit`."""

import sys

from dedup.integrations.spark._command import main

if __name__ == "__main__":
    main(sys.argv[1:], prog_name="dedup.integrations.spark")
