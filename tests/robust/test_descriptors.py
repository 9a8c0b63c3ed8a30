"""Few open files: slow hosts are read a few at a time, and none is lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from tests.robust.worlds import host, many_hosts
from tests.worlds import HOUSE, NO_STORIES, ROOT, rows, rss, write_config

HOSTS = 120


async def slowly(request: web.BaseRequest) -> web.StreamResponse:
    await asyncio.sleep(1.5)
    items = {f"http://{request.url.host}/1": f"Drums of examplium chloride found at {request.url.host}"}
    return web.Response(text=rss(items), content_type="application/rss+xml")


@pytest.mark.slow
@pytest.mark.parametrize("files", [64, 96])
def test_many_slow_hosts_with_few_open_files(tmp_path: Path, files: int) -> None:
    with many_hosts(slowly) as port:
        sources = "".join(
            f"- name: s{n}\n  kind: feed\n  url: http://{host(n)}:{port}/feed\n  fetch_pages: false\n"
            for n in range(HOSTS)
        )
        allowed = "".join(f"    - {host(n)}:{port}\n" for n in range(HOSTS))
        more = f"{HOUSE}{NO_STORIES}http:\n  pace: 0s\n  allow_hosts:\n{allowed}"
        write_config(tmp_path, sources, more=more)
        command = f'ulimit -n {files} && exec "$0" "$@"'
        done = subprocess.run(
            ["sh", "-c", command, sys.executable, "-m", "monitor", "run"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert rows(tmp_path, "SELECT COUNT(*), COUNT(DISTINCT url) FROM v_alerts") == [(HOSTS, HOSTS)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_coverage_gaps") == [(0,)]
