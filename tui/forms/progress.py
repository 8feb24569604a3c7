"""How far a long piece of work is, in words. Pure."""

from core.values.i18n import _, ngettext

_TELLING_AFTER = 1.0  # seconds; a rate before that is a guess


def people_words(done: int, total: int, seconds: float) -> str:
    """``12,000 of 100,000 recipients · 26 s left``; what is not known yet is left out."""
    if total <= 0:
        return _("Looking who they are…")
    words = ngettext("{done} of {total} recipient", "{done} of {total} recipients", total).format(
        done=f"{done:,}", total=f"{total:,}"
    )
    if not done or done >= total or seconds < _TELLING_AFTER:
        return words
    left = duration_words((total - done) * seconds / done)
    return words + " · " + _("{time} left").format(time=left)


def progress_words(done: int, total: int, seconds: float) -> str:
    """``12,000 of 100,000 rows · 3,400 rows/s · 26 s left``; what is not known yet is left out."""
    if total <= 0:
        return _("Reading the file…")
    words = [
        ngettext("{done} of {total} row", "{done} of {total} rows", total).format(
            done=f"{done:,}", total=f"{total:,}"
        )
    ]
    if done and seconds >= _TELLING_AFTER:
        rate = done / seconds
        words.append(_("{rate} rows/s").format(rate=f"{rate:,.0f}"))
        if done < total:
            words.append(_("{time} left").format(time=duration_words((total - done) / rate)))
    return " · ".join(words)


def duration_words(seconds: float) -> str:
    """``26 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return _("{seconds} s").format(seconds=rest)
