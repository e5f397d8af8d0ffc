"""Options that stand in a file of the current folder, or in the environment: the command line wins over both.

    [tool.dedup]            in pyproject.toml; in dedup.toml, which comes first, the tables stand by themselves
    threshold = 0.8         for every command that has the option
    [tool.dedup.clean]
    index = "kept.index"    for one command

In the environment, which wins over the file, these are DEDUP_THRESHOLD and DEDUP_CLEAN_INDEX.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

import click

from ..errors import ConfigError, meant

PREFIX = "DEDUP"
_FILES = ("dedup.toml", "pyproject.toml")
_OTHERS = {"DEDUP_ENGINE"}  # read elsewhere

# By command and option, as people write them, what click calls the option.
_Names = dict[str, dict[str, str]]


def default_map(group: click.Group) -> dict[str, dict[str, Any]]:
    """Return what click takes as the options' defaults, by command. Raises ConfigError for a name that is none."""
    names = {name: _options(command) for name, command in group.commands.items()}
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    _add_file(found, names)
    _add_environment(found, names, os.environ)
    return found


def _options(command: click.Command) -> dict[str, str]:
    options = (option for option in command.params if isinstance(option, click.Option) and option.name)
    return {max(option.opts, key=len).lstrip("-"): str(option.name) for option in options}


def _add_file(found: dict[str, dict[str, Any]], names: _Names) -> None:
    """Take the options over that stand in the first file there is."""
    path, given = _file()
    tables = {_spelt(key): value for key, value in given.items() if isinstance(value, dict)}
    for command, table in tables.items():
        _check_known(f"{path}: unknown table", command, names)
        for option, value in table.items():
            _check_known(f"{path}: unknown option of {command}", option, names[command])
            _check_value(path, option, value)
    every = {option: value for option, value in given.items() if not isinstance(value, dict)}
    for option, value in every.items():
        _check_known(f"{path}: unknown option", option, {name for options in names.values() for name in options})
        _check_value(path, option, value)
    for command, options in names.items():
        for option, value in {**every, **tables.get(command, {})}.items():
            if name := options.get(_spelt(option)):
                found[command][name] = value


def _file() -> tuple[str, Mapping[str, Any]]:
    """Return the first file of the current folder that says anything, and what. Raises ConfigError for one that cannot be read."""
    for path in _FILES:
        try:
            with open(path, "rb") as file:
                import tomllib  # rarely needed

                said: Any = tomllib.load(file)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}; expected a file that can be read, or none") from error
        except ValueError as error:  # that is no TOML, or no UTF-8
            raise ConfigError(f"{path}: {error}; expected TOML") from error
        if path == "pyproject.toml":
            said = said.get("tool", {})
            said = said.get("dedup", {}) if isinstance(said, dict) else {}
        if not isinstance(said, dict):
            raise ConfigError(f"{path}: tool.dedup is {said!r:.60}; expected a table of options")
        if said:
            return path, said
    return "", {}


def _add_environment(found: dict[str, dict[str, Any]], names: _Names, environment: Mapping[str, str]) -> None:
    """Take the variables over that name an option of every command; click knows those that name one of a command.

    One that resembles such a name is refused. Others are somebody else's, as those that Kubernetes makes for a service.
    """
    known = dict.fromkeys(_OTHERS, "")
    for command, options in names.items():
        for option, name in options.items():
            variable = f"{PREFIX}_{option}".upper().replace("-", "_")
            known[variable] = known[f"{PREFIX}_{command}_{name}".upper().replace("-", "_")] = ""
            if value := environment.get(variable):
                found[command][name] = value
    for variable in environment:
        if variable.startswith(f"{PREFIX}_") and variable not in known:
            remedy = meant(variable, known)
            if remedy.startswith("did you mean"):
                raise ConfigError(f"unknown variable {variable} in the environment; {remedy}")


def _spelt(key: str) -> str:
    return key.replace("_", "-")


def _check_known(what: str, key: str, names: Iterable[str]) -> None:
    if _spelt(key) not in names:
        raise ConfigError(f"{what} {key!r}; {meant(key, sorted(names))}")


def _check_value(path: str, option: str, value: object) -> None:
    if not isinstance(value, str | int | float):
        raise ConfigError(f"{path}: {option} is {value!r:.60}; expected text, a number, true or false")
