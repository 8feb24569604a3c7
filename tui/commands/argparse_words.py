"""The words that argparse says itself (3.11 to 3.13), marked so that the catalogues have them.

argparse looks them up in the process's own domain, which ``core.values.i18n.use`` sets.
"""

from core.values.i18n import N_, ngettext

WORDS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("unrecognized arguments: %s"),
    N_("not allowed with argument %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("ignored explicit argument %r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("expected at most one argument"),
    N_("%(heading)s:"),
)


# never called: this is how a text with a plural is marked
def _counted(count: int) -> str:
    return ngettext("expected %s argument", "expected %s arguments", count)
