"""The revision of the schema that this program knows."""

HEAD = "0001"
KNOWN = ("0001",)
