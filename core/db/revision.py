"""The revision of the schema that this program knows."""

HEAD = "0026"
KNOWN = tuple(f"{number:04}" for number in range(1, int(HEAD) + 1))
