"""What came of merges when somebody is restored, and how much there is of somebody, in words. Pure."""

from collections.abc import Callable, Mapping, Sequence

from core.recipients.deletion_dto import Parted, Restored, Taken
from core.recipients.fields import BY_NAME, FieldName
from core.values.i18n import _, ngettext

USUAL = ("calls", "memory_details", "memos", "tasks", "contacts")
_ALL = (*USUAL[:2], "followup_actions", *USUAL[2:], "participations")


def counted(table: str, count: int) -> str:
    """How many rows of this table there are of somebody."""
    words = {
        "calls": ngettext("{count} call", "{count} calls", count),
        "memory_details": _("{count} remembered"),
        "followup_actions": ngettext(
            "{count} follow-up action", "{count} follow-up actions", count
        ),
        "memos": ngettext("{count} memo", "{count} memos", count),
        "tasks": ngettext("{count} task", "{count} tasks", count),
        "contacts": ngettext("{count} contact", "{count} contacts", count),
        "participations": ngettext("{count} campaign", "{count} campaigns", count),
    }
    return words[table].format(count=f"{count:,}")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(counted(table, counts[table]) for table in _ALL if counts.get(table))


def parted_words(parted: Sequence[Parted]) -> list[str]:
    """What went back from whom, and what both have now; of more than one merge their number."""
    count = len(parted)
    if count != 1:
        words = ngettext("{count} merge was taken back.", "{count} merges were taken back.", count)
        return [words.format(count=f"{count:,}")] if count else []
    one, told = parted[0], _("{kept} and {name} are two again.")
    if what := _counted(parted[0].counts):
        told = _("From {kept} went back: {what}.")
    found = [told.format(kept=one.kept, name=one.name, what=what)]
    if one.fields:
        labels = ", ".join(BY_NAME[FieldName(name)].label for name in one.fields)
        found.append(_("{kept} has as before: {fields}.").format(kept=one.kept, fields=labels))
    if one.campaigns:
        words = _("Calls came since in {campaigns}: {kept} stays there, too.")
        found.append(words.format(kept=one.kept, campaigns=", ".join(one.campaigns)))
    return found


def taken_words(restored: Restored, named: Callable[[Taken], str]) -> list[str]:
    """Who stays deleted, since the number is taken: the first of them, as they are named."""
    count = restored.kept_count
    words = ngettext(
        "{count} stays deleted, since the number is taken: {names}.",
        "{count} stay deleted, since their numbers are taken: {names}.",
        count,
    )
    names = ", ".join(map(named, restored.kept)) + (", …" if count > len(restored.kept) else "")
    return [words.format(count=f"{count:,}", names=names)] if count else []


def unparted_words(restored: Restored) -> list[str]:
    """Who stays deleted, since a merge cannot be taken back now: the first reason."""
    count = restored.parts_count
    if not count:
        return []
    words = ngettext("{count} stays deleted: {why}", "{count} stay deleted: {why}", count)
    more = " …" if count > 1 else ""
    return [words.format(count=f"{count:,}", why=restored.parts[0]) + more]
