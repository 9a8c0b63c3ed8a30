"""The small languages inside config.yaml: durations, sizes, cron lines, hosts, addresses."""

# ruff: noqa: E501 (tables of cases, a line each)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import values


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("15m", 900), ("6h", 21600), ("1d", 86400), ("2w", 1209600), ("1.5h", 5400), ("0s", 0)],
)
def test_durations(written: str, seconds: float) -> None:
    assert values.duration(written) == seconds
    assert values.duration(values.spell_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("written", "count"), [("7B", 7), ("500kB", 500_000), ("10MB", 10**7), ("1 GB", 10**9)]
)
def test_sizes(written: str, count: int) -> None:
    assert values.size(written) == count
    assert values.size(values.spell_size(count)) == count


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0 6 * * *", "0 6 * * *"),
        ("*/15 * * * 1-5", "*/15 * * * mon,tue,wed,thu,fri"),
        ("5 4 * * 0", "5 4 * * sun"),
        ("5 4 * * 7", "5 4 * * sun"),
        ("5 4 * * 5-7", "5 4 * * sun,fri,sat"),
        ("0 0 29 2 *", "0 0 29 2 *"),
        ("0 0 1-7/2,9 JAN,jun *", "0 0 1-7/2,9 jan,jun *"),
        ("10/20 * * * *", "10/20 * * * *"),
        ("40/15 * * * *", "40/15 * * * *"),
        # steps wider than what is left of the range: once, as crond reads them; APScheduler 3 refuses them
        ("50/15 * * * *", "50 * * * *"),
        ("0 20/6 * * *", "0 20 * * *"),
        ("0 0 20/15 * *", "0 0 20 * *"),
        ("0 0 1 11/3 *", "0 0 1 11 *"),
        ("5-10/7,30 * * * *", "5,30 * * * *"),
    ],
)
def test_cron_lines(written: str, meant: str) -> None:
    assert values.cron(written) == meant
    assert values.cron(meant) == meant


@pytest.mark.parametrize(
    "written",
    ["", "@daily", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "*/0 * * * *", "*/99 * * * *", "5-1 * * * *", "x * * * *", "1- * * * *", ",1 * * * *", "* * L * *", "* * 1 * 1",
     "0 0 31 4,6,9,11 *", "0 0 30 feb *", "٣ * * * *"],
)  # fmt: skip
def test_cron_lines_that_make_no_sense(written: str) -> None:
    with pytest.raises(ValueError, match="; "):
        values.cron(written)


@given(
    st.tuples(
        st.sampled_from(["*", "0", "*/7", "3-50/9", "1,59"]),
        st.sampled_from(["*", "23", "*/5", "1-3"]),
        st.sampled_from(["*", "31", "1-7", "29", "*/2"]),
        st.sampled_from(["*", "2", "jan-mar", "*/3"]),
        st.sampled_from(["*", "0", "sat", "1-5", "7", "*/2"]),
    )
)
def test_every_accepted_cron_line_fires_and_on_the_right_day(fields: tuple[str, ...]) -> None:
    try:
        line = values.cron(" ".join(fields))
    except ValueError:
        return
    start = datetime(2026, 1, 1, tzinfo=UTC)
    fires = CronTrigger.from_crontab(line, timezone=UTC).get_next_fire_time(None, start)
    assert fires is not None
    assert fires - start < timedelta(days=3 * 366)
    if fields[4] in ("0", "7"):
        assert fires.strftime("%A") == "Sunday"


@pytest.mark.parametrize("good", ["a", "a.b-c.de:80", "10.0.0.7", "::1", "[fe80::1]", "[::1]:8080", "A.B."])
def test_hosts(good: str) -> None:
    assert values.host(good) == good.lower()


@pytest.mark.parametrize(
    "bad",
    ["", "a/b", "*.a", "u@a", "a:", "a:0", "a:65536", "a:x", "[::1", "[x]:1", "[::1]x", "-a", "a..b", "a b"],
)
def test_hosts_that_are_none(bad: str) -> None:
    with pytest.raises(ValueError, match="; "):
        values.host(bad)


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://u@h/m",
        "postgresql://u:p%40%2F%3F@h:5432/m",
        "postgresql://u:a:b@h/m",
        "postgresql+psycopg://u:50%@[::1]:5432/m",
        "postgresql:///m?host=/var/run/postgresql",
        "postgresql://h/m?application_name=monitor",
    ],
)
def test_addresses_of_a_database(written: str) -> None:
    assert values.database_url(written) == written


@pytest.mark.parametrize(
    "password", ["ab@HIDDEN", "ab/HIDDEN", "ab?HIDDEN", "ab#HIDDEN", "@HIDDEN", "1?HIDDEN@"]
)
@pytest.mark.parametrize("place", ["h/m", "h:5432/m", "127.0.0.1:abc/m"])
def test_a_password_that_ends_early_is_refused_and_not_repeated(password: str, place: str) -> None:
    """RFC 3986, 3.2.1: what ends the user information has to be percent-encoded."""
    with pytest.raises(ValueError, match="; write ") as caught:
        values.database_url(f"postgresql://u:{password}@{place}")
    assert "HIDDEN" not in str(caught.value)


@pytest.mark.parametrize("port", ["abc", "0", "65536", "54 32", "٣"])
def test_a_port_is_a_number(port: str) -> None:
    with pytest.raises(ValueError, match="the port is no number"):
        values.database_url(f"postgresql://u@h:{port}/m")
