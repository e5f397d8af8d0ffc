"""The reference of the command is that of the command."""

import re
import subprocess
import sys

from helpers import ROOT

from dedup.cli.main import main


def test_the_reference_is_that_of_the_command():
    script = ROOT / "docs" / "command.py"
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    page = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    assert result.stdout == page, f"run {script.name} and put what it prints into command.md"
    for name, command in main.commands.items():
        assert f"\n## dedup {name}\n" in page and re.search(rf"\n  dedup {name}[ \n]", page), name  # with an example
        for parameter in command.params:
            for spelling in parameter.opts if parameter.param_type_name == "option" else []:
                assert spelling in page, (name, spelling)
