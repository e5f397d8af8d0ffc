"""All measurements of speed, one after the other, their tables and the plot put into README.md and docs: `python benchmarks`.

Takes about half an hour. What it measures is told by each script; some take more options, such as real paragraphs.
"""

import subprocess
import sys
from pathlib import Path

for script, *options in (["run.py", "--readme"], ["scaling.py", "--page"], ["index.py"]):
    print(f"\n# {script}\n", flush=True)
    subprocess.run([sys.executable, str(Path(__file__).with_name(script)), *options], check=True)
