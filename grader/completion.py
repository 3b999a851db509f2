"""Completion scripts for bash, zsh and fish, made from the parser and the bank.

The words are written into the script, so completing starts no Python.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.core.model import KitError

SHELLS = ("bash", "zsh", "fish")


def script(shell: str, commands: Mapping[str, Sequence[str]], katas: Sequence[str]) -> str:
    """Return the script for a shell; `commands` maps each command to its options."""
    if shell not in SHELLS:
        raise KitError(f"There is no completion for {shell!r}.", f"Choose {', '.join(SHELLS)}.")
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](commands, katas)


def _bash(commands: Mapping[str, Sequence[str]], katas: Sequence[str]) -> str:
    cases = "\n".join(
        f"        {name}) words='{' '.join([*options, *katas])}' ;;"
        for name, options in commands.items()
    )
    first = " ".join([*commands, *katas])
    return f"""\
# eval "$(kata completion bash)" in ~/.bashrc
_kata() {{
    local words current=${{COMP_WORDS[COMP_CWORD]}}
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='{first}'
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        *) words='{" ".join(commands["grade"])}' ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [ ${{#COMPREPLY[@]}} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}}
complete -F _kata kata
"""


def _zsh(commands: Mapping[str, Sequence[str]], katas: Sequence[str]) -> str:
    cases = "\n".join(
        f"        {name}) compadd -- {' '.join([*options, *katas])}; _files ;;"
        for name, options in commands.items()
    )
    return f"""\
# eval "$(kata completion zsh)" in ~/.zshrc, after compinit
_kata() {{
    if (( CURRENT == 2 )); then
        compadd -- {" ".join([*commands, *katas])}
        return
    fi
    case $words[2] in
{cases}
        *) compadd -- {" ".join(commands["grade"])}; _files ;;
    esac
}}
compdef _kata kata
"""


def _fish(commands: Mapping[str, Sequence[str]], katas: Sequence[str]) -> str:
    lines = ["# kata completion fish | source  in config.fish"]
    first = " ".join([*commands, *katas])
    lines.append(f"complete -c kata -n '__fish_is_first_token' -a '{first}'")
    for name, options in commands.items():
        seen = f"__fish_seen_subcommand_from {name}"
        lines.append(f"complete -c kata -n '{seen}' -a '{' '.join(katas)}'")
        lines += [
            f"complete -c kata -n '{seen}' -l {option.removeprefix('--')}" for option in options
        ]
    return "\n".join(lines) + "\n"
