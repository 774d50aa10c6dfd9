"""When a photo was taken: what files write, and the rules that choose.

docs/dates.md has the tags and formats, each with its rank and its clock.
"""

from librephotos.media.dates.applying import DateFacts, DateResult, local_time
from librephotos.media.dates.rules import (
    DEFAULT_RULES,
    ENTERED_BY_USER,
    PREDEFINED_RULES,
    Rule,
    rules_as_json,
)
from librephotos.media.dates.stored_rules import (
    InvalidRules,
    StoredRules,
    parse_rules,
    patterns_of,
    usable_rules,
)
from librephotos.media.dates.written import (
    Clock,
    Precision,
    WrittenDate,
    read_date,
    usable_date,
)

__all__ = [
    "DEFAULT_RULES",
    "PREDEFINED_RULES",
    "Clock",
    "DateFacts",
    "DateResult",
    "ENTERED_BY_USER",
    "InvalidRules",
    "Precision",
    "Rule",
    "StoredRules",
    "WrittenDate",
    "local_time",
    "parse_rules",
    "patterns_of",
    "read_date",
    "rules_as_json",
    "usable_date",
    "usable_rules",
]
