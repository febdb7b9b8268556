"""A file that somebody handed in is read by a child process: an interpreter of its own, no environment, little time (safety.md §1.6).

The script in the child limits its own memory. Whatever a hostile file does to it ends with the child.
"""

import json
import subprocess
import sys
from pathlib import Path


class ChildFailed(Exception):
    """The child died: the file is broken, or went beyond what the child may use."""


class ChildTooSlow(ChildFailed):
    """The child was stopped when its time was up."""


def answer_of(script: Path, order: dict, content: bytes, *, seconds: int) -> bytes:
    """What the script prints when it is given the order as a line of JSON and then the content."""
    try:
        child = subprocess.run(  # noqa: S603 - our own script, no shell
            [sys.executable, "-I", str(script)],
            input=json.dumps(order).encode() + b"\n" + content,
            capture_output=True,
            timeout=seconds,
            env={"LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ChildTooSlow from None
    if child.returncode:
        raise ChildFailed
    return child.stdout
