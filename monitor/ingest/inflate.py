"""Decompress an HTTP body piece by piece, so that a bomb costs no more than one piece beyond the limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from monitor.errors import SourceError

ACCEPT_ENCODING = "gzip, deflate, br"
_PIECE = 64 * 1024  # plain bytes that are handed on at a time
# Packed bytes that zlib is shown at a time. At the end of a member it copies all that it was shown and did
# not use, so a body of many tiny members shown whole would cost the square of its length.
WINDOW = 2048
_MAX_CODINGS = 2  # more layers than that are nothing but a bomb
_GZIP_MAGIC = b"\x1f\x8b"


class Decoder(Protocol):
    """One content coding, as an incremental decoder."""

    def push(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to, in pieces of bounded size. Raises SourceError on damage."""
        ...

    def complete(self) -> bool:
        """Say whether the compressed stream has come to its proper end."""
        ...


class Zlib:
    """gzip (also in several members) and deflate (with and without its zlib header).

    The work is linear in the bytes pushed: `shown` counts those that zlib was shown, again ones included, and
    stays below `WINDOW / 20` times their number (an empty gzip member has 20 bytes).
    """

    def __init__(self, gzip: bool) -> None:
        self.shown = 0
        self._gzip = gzip
        self._stream: zlib._Decompress | None = None
        self._between = False  # a member has ended, and what follows it is not known yet
        self._ended = False
        self._after = b""  # what follows a member, as long as it is too short to show whether it is another

    def push(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), WINDOW):
            if self._ended:
                return
            yield from self._push(data[start : start + WINDOW])

    def _push(self, data: bytes) -> Iterator[bytes]:
        if self._between:
            data = self._next_member(self._after + data)
        pending = False
        while data or pending:
            stream = self._stream or self._open(data)
            self.shown += len(data)
            try:
                piece = stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise _damaged(str(error)) from error
            if piece:
                yield piece
            # Output can still be waiting inside when all input has been taken.
            data, pending = stream.unconsumed_tail, len(piece) >= _PIECE
            if stream.eof:
                self._stream, pending = None, False
                self._between, self._ended = True, not self._gzip
                data = self._next_member(stream.unused_data)

    def _next_member(self, data: bytes) -> bytes:
        """The beginning of another gzip member, or nothing: anything else after a member is padding."""
        self._after = b""
        if self._ended:
            return b""
        if data.startswith(_GZIP_MAGIC):
            self._between = False
            return data
        if _GZIP_MAGIC.startswith(data):
            self._after = data  # perhaps one, whose beginning comes with the next piece
        else:
            self._ended = True
        return b""

    def _open(self, data: bytes) -> zlib._Decompress:
        if self._gzip:
            bits = zlib.MAX_WBITS | 16
        else:
            bits = (
                zlib.MAX_WBITS if data[:1] and data[0] & 0x0F == 8 and data[0] >> 4 <= 7 else -zlib.MAX_WBITS
            )
        self._stream = zlib.decompressobj(bits)
        return self._stream

    def complete(self) -> bool:
        return self._stream is None


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._stream, self._error = brotli.Decompressor(), brotli.error
        self._started = False

    def push(self, data: bytes) -> Iterator[bytes]:
        self._started = True
        if self._stream.is_finished():
            return
        try:
            piece: bytes = self._stream.process(data, output_buffer_limit=_PIECE)
            while piece:
                yield piece
                if self._stream.is_finished():
                    return
                piece = self._stream.process(b"", output_buffer_limit=_PIECE)
        except self._error as error:
            raise _damaged(str(error)) from error

    def complete(self) -> bool:
        return bool(self._stream.is_finished()) or not self._started


def _damaged(detail: str) -> SourceError:
    return SourceError(f"the compressed answer is damaged: {detail}", outcome="parse-error")


def decoders(content_encoding: str) -> list[Decoder]:
    """Return the decoders for a Content-Encoding header, in the order in which to apply them.

    Raises SourceError (parse-error) for a coding that was not asked for.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if len(names) > _MAX_CODINGS:
        raise _damaged(f"{len(names)} layers of compression")
    return [_decoder(name) for name in reversed(names)]


def _decoder(name: str) -> Decoder:
    if name in ("gzip", "x-gzip"):
        return Zlib(gzip=True)
    if name == "deflate":
        return Zlib(gzip=False)
    if name == "br":
        return _Brotli()
    raise _damaged(f"unknown content encoding {name[:40]!r}")


def inflate(stages: list[Decoder], data: bytes) -> Iterator[bytes]:
    """Send one piece of the body through all stages; yields plain pieces of bounded size."""
    pieces: Iterable[bytes] = (data,)
    for stage in stages:
        pieces = _through(stage, pieces)
    yield from pieces


def _through(stage: Decoder, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from stage.push(piece)


def check_complete(stages: list[Decoder]) -> None:
    """Raise SourceError (parse-error, passing) when a compressed body stopped in the middle."""
    if not all(stage.complete() for stage in stages):
        raise _damaged("it ends in the middle")
