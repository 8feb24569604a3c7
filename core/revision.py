"""The revision of the schema that this program knows."""

HEAD = "0002"
KNOWN = ("0001", "0002")
