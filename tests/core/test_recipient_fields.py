"""The table of a recipient's fields says of every field all that is made from it."""

import sqlalchemy as sa

from core.db.models import Recipient
from core.recipients.dto import RecipientRow
from core.recipients.fields import BY_NAME, FIELDS, TEXT_NAMES, FieldName, Given
from core.retention.holdings import LEFT
from core.uploads.rows import GoodRow
from core.uploads.sheet.header_words import header_key

TABLE = sa.inspect(Recipient).local_table


def test_every_field_has_a_row_and_every_row_a_column() -> None:
    assert sorted(field.name for field in FIELDS) == sorted(FieldName)
    assert {field.name for field in FIELDS} <= set(RecipientRow.__struct_fields__)
    assert {field.stored_in for field in FIELDS} <= set(TABLE.columns.keys())


def test_what_people_give_is_what_is_typed_and_fits_its_column() -> None:
    assert Given.__struct_fields__ == TEXT_NAMES
    assert set(TEXT_NAMES) < set(GoodRow.__struct_fields__)
    for field in FIELDS:
        if field.name in TEXT_NAMES and field.name is not FieldName.PHONE and field.typed:
            assert TABLE.columns[field.stored_in].type.length == field.typed.maximum


def test_the_list_has_an_index_in_the_order_of_each_field_of_the_recipient() -> None:
    indexes = {index.name for index in TABLE.indexes}
    assert {field.index for field in FIELDS if field.index} <= indexes


def test_no_header_means_two_fields() -> None:
    headers = [
        header_key(one)
        for field in BY_NAME.values()
        for names in field.headers.values()
        for one in names
    ]
    assert len(headers) == len(set(headers))


def test_a_purge_leaves_no_text() -> None:
    assert {LEFT[name] for name in TEXT_NAMES} == {""}
