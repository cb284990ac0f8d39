#!/usr/bin/env python3
"""Finds sentences that make a reader parse them twice: those that open with a clause or lean on a neighbour.

Reads the comments of the sources and all of the documents. A sentence may not open with a word of OPENINGS, nor a comment
with "That". Prints what is wrong, a line each, and exits with status 1; prints nothing if all is right.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OPENINGS = r"(?:What|Who|Whose|Whom|Those|The same|Likewise|That which|Of what)\b"
WRONG = re.compile(r"(?:^|(?<=[.!?:] )|(?<=[.!?:]\n))" + OPENINGS)
WRONG_COMMENT = re.compile(r"That\b|" + OPENINGS)


def comments_c(text):
    """Yields (line, comment) of C and its kin. A word in a string may look like one: such strings are left out."""
    token = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|(?://[^\n]*\n?(?:[ \t]*(?=//))?)+'
    for match in re.finditer(token, text, re.S):
        if match.group().startswith("/"):
            lines = [re.sub(r"^\s*(?:/\*+|\*/|\*|//)? ?|\s*\*/$", "", line) for line in match.group().split("\n")]
            yield text.count("\n", 0, match.start()) + 1, "\n".join(lines).strip()


def comments_hash(text):
    """Yields (line, comment) of shell, Python, make: runs of lines that begin with #."""
    for match in re.finditer(r"(?:^[ \t]*#[^\n]*\n?)+", text, re.M):
        lines = [re.sub(r"^\s*#+!? ?", "", line) for line in match.group().split("\n")]
        yield text.count("\n", 0, match.start()) + 1, "\n".join(lines).strip()


def paragraphs(text):
    """Yields (line, paragraph) of a document."""
    for match in re.finditer(r"(?:^.+\n?)+", text, re.M):
        yield text.count("\n", 0, match.start()) + 1, re.sub(r"^(?:[-*#|>] |\.\w+ )", "", match.group())


READERS = {".js": comments_c, ".css": comments_c, ".S": comments_c, ".c": comments_c, ".h": comments_c, ".cc": comments_c, ".sh": comments_hash, ".py": comments_hash,
           ".md": paragraphs, ".1": paragraphs, ".3": paragraphs, ".5": paragraphs, "": comments_hash}


def main():
    files = subprocess.run(["git", "-C", ROOT, "ls-files"], check=True, capture_output=True, text=True).stdout
    wrong = 0
    for name in files.splitlines():
        path = pathlib.PurePath(name)
        if path.suffix not in READERS or name.startswith("tests/fuzz/corpus/") or name == "LICENSE":
            continue
        for line, text in READERS[path.suffix]((ROOT / name).read_text()):
            match = WRONG_COMMENT.match(text) if path.suffix not in (".md", ".1", ".3", ".5") else None
            match = match or WRONG.search(text)
            if match:
                wrong += 1
                print(f"{name}:{line}: {text[match.start():].split(chr(10))[0][:80]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
