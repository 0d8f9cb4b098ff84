#!/usr/bin/env python3
"""Writes the seeds of a fuzzer: corpus.py TARGET GOLDEN-DIR CORPUS-DIR."""
import pathlib
import sys


def config(text):
    """The section of that name."""
    start = text.find(b"--- config\n")
    return text[start + len(b"--- config\n"):].split(b"\n--- ")[0] + b"\n" if start >= 0 else None


def adopt(text):
    """The name of the first section, its text, and that of a jail's fstab, as fuzz_adopt.h has it."""
    end = [text.find(b"--- config\n"), text.find(b"--- said\n")]
    end = min([at for at in end if at >= 0])
    return text[len(b"--- "):end]


target, golden, corpus = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
corpus.mkdir(parents=True, exist_ok=True)
for case in sorted(golden.glob("adopt-*.case" if target == "adopt" else "*.case")):
    seed = {"config": config, "adopt": adopt}[target](case.read_bytes())
    if seed is not None:
        (corpus / case.stem).write_bytes(seed)
