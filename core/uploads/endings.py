"""How the names of files end that may be uploaded. What is in a file decides; its name is only how it is found."""

# the kinds that a file browser offers
ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv")
LOCK = "~$"  # how the name of the file begins that Excel keeps beside an open workbook


def may_be_uploaded(name: str) -> bool:
    """Whether a file of this name is worth offering."""
    return name.casefold().endswith(ENDINGS) and not name.startswith(LOCK)


def without_ending(name: str) -> str:
    """The name without the ending of its kind."""
    ending = next((one for one in ENDINGS if name.casefold().endswith(one)), "")
    return name[: len(name) - len(ending)]
