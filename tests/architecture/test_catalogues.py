"""The check of the message catalogues finds what it is there to find."""

from pathlib import Path

import pytest

from scripts import catalogues

TEXTS = {
    "Save": "tui/a.py:1",
    "{name} was added.": "tui/a.py:2",
    ("{count} recipient", "{count} recipients"): "tui/a.py:3",
}
COMPLETE = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Save"
msgstr "저장"

msgid "{name} was added."
msgstr "{name} 님을 추가했습니다."

msgid "{count} recipient"
msgid_plural "{count} recipients"
msgstr[0] "수신인 {count}명"
"""


@pytest.fixture
def po(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A complete, compiled catalogue of its own."""
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    monkeypatch.setattr(catalogues, "texts_in_source", lambda: TEXTS)
    file = catalogues.po_of("ko")
    file.parent.mkdir(parents=True)
    file.write_text(COMPLETE, "utf-8")
    catalogues.compile_all()
    return file


def test_a_complete_catalogue_has_no_fault(po: Path) -> None:
    assert list(catalogues.faults("ko")) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"저장"', '""', "missing: 'Save' (tui/a.py:1)"),
        ('msgid "Save"', 'msgid "Store"', "obsolete: 'Store'"),
        ('msgid "Save"', '#, fuzzy\nmsgid "Save"', "fuzzy: 'Save'"),
        ("{name} 님", "{nama} 님", "placeholders"),
        ("{count}명", "명", "placeholders"),
        ('"저장"', '"저장하기"', "stale"),
    ],
)
def test_a_fault_is_named(po: Path, before: str, after: str, fault: str) -> None:
    po.write_text(COMPLETE.replace(before, after), "utf-8")
    assert any(fault in line for line in catalogues.faults("ko"))


def test_an_update_keeps_what_is_translated_and_guesses_nothing(
    po: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "texts_in_source", lambda: {"Save": "", "Save it": ""})
    catalogues.update()
    catalogue = catalogues.read("ko")
    assert catalogue["Save"].string == "저장"
    assert catalogue["Save it"].string == ""
    assert len(catalogue) == 2
    assert not catalogue.obsolete
