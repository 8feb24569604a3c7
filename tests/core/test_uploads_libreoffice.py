"""What this program writes, read by another one: LibreOffice sees texts, phones with their zeros."""

import csv
import io
import re
import subprocess
from pathlib import Path

import pytest

from core.recipients.dto import RecipientQuery
from core.recipients.fields import SHEET
from core.uploads.workbooks import write_template
from tests.factories import World
from tests.needs import needs
from tests.workbooks import HEADERS, by_header, workbook

pytestmark = pytest.mark.reading


@pytest.fixture
def convert(tmp_path: Path):
    """Reads a workbook as LibreOffice does: its cells as CSV, formulas as formulas."""
    soffice = needs("soffice", "libreoffice-calc")

    def run(data: bytes) -> list[list[str]]:
        (tmp_path / "book.xlsx").write_bytes(data)
        # 44 ,  34 "  76 UTF-8  and texts quoted, so that a number would show
        options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,true"
        subprocess.run(
            [
                soffice,
                f"-env:UserInstallation=file://{tmp_path / 'profile'}",
                "--headless",
                "--convert-to",
                options,
                "--outdir",
                str(tmp_path),
                str(tmp_path / "book.xlsx"),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        text = (tmp_path / "book.csv").read_text("utf-8")
        unquoted = re.sub(r'"(?:[^"]|"")*"', "", text)
        assert not unquoted.strip(",\n"), "cells that are no texts"
        return list(csv.reader(io.StringIO(text)))

    return run


def test_the_template(convert) -> None:
    file = io.BytesIO()
    write_template(file, "en")
    assert convert(file.getvalue())[0] == [field.header("en") for field in SHEET]


async def test_the_failed_rows(convert, world: World) -> None:
    await world.organization()
    uploads = world.services.uploads
    rows = [["", "01020000001", "-1", "Haeundae"], ["박", "0212345678", "", "Haeundae"]]
    result = await uploads.upload(world.system, workbook(rows))
    assert result.upload_id is not None
    file = io.BytesIO()
    await uploads.write_results(world.system, result.upload_id, file, failed_only=True)
    first, second = by_header(convert(file.getvalue()))
    assert first.keys() >= {"Reason"}
    assert (first["Mobile phone number"], first["Other information"]) == ("01020000001", "-1")
    assert (second["Recipient name"], second["Mobile phone number"]) == ("박", "0212345678")


async def test_the_download(convert, world: World) -> None:
    organization = await world.organization()
    await world.recipient(organization, "=1+1", "010-2000-0001", "-1")
    file = io.BytesIO()
    await world.services.downloads.write(world.system, RecipientQuery(), file, reason="report")
    [found] = by_header(convert(file.getvalue()))
    assert [found[header] for header in HEADERS] == ["=1+1", "010-2000-0001", "-1", "Haeundae"]
