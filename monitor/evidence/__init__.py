"""Evidence: what is kept for alerts as a folder that explains itself and can be checked by anybody.

`bundle` makes the files (pure), `write` puts them into a folder, `verify` says what differs from it.
"""

from monitor.evidence.case import Case, Gone, Made, Origin, Told
from monitor.evidence.check import Checked, verify
from monitor.evidence.files import bundle
from monitor.evidence.folder import write
from monitor.evidence.records import find_record

__all__ = ["Case", "Checked", "Gone", "Made", "Origin", "Told", "bundle", "find_record", "verify", "write"]
