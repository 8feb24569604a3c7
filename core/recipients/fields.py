"""The fields of a recipient: one row for each, from which all that names every field is made.

Form, list, sorts, detailed search, uploads, template, downloads, first rows, purge and sample data read it. What
else a new field needs is in ``docs/architecture.md``, "Add a field". Pure.
"""

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from core.tags import rules as tags
from core.values import phone, text
from core.values.hangul import initials, sought
from core.values.i18n import N_, _
from core.values.times import NEVER

# Kept where a metric is none: sort columns are never NULL, so that one comparison finds the next page.
NO_VALUE = -1.0
NO_CHANGE = -1

# Left by a purge: the moment of the delete, and what was there.
WHEN_DELETED, KEPT = object(), object()


class FieldName(enum.StrEnum):
    """The fields, in the order of the list's columns; the list sorts by each, both ways."""

    NAME = "name"
    PHONE = "phone"
    ORGANIZATION = "organization"
    STATUS = "status"
    CAMPAIGN = "campaign"
    LAST_CALL_AT = "last_call_at"
    CHANGE = "change"
    TOTAL_CALLS = "total_calls"
    CONNECTION_RATE = "connection_rate"
    COMPLETION_RATE = "completion_rate"
    ANSWER_LENGTH = "answer_length"
    CALL_DURATION = "call_duration"
    REGISTERED_AT = "registered_at"
    OTHER_INFORMATION = "other_information"


class TagField(enum.StrEnum):
    """What the list shows and no list is sorted by, since everybody may have several."""

    TAGS = "tags"


class GuardianField(enum.StrEnum):
    """What a workbook may tell of a recipient's guardian, who is kept among the contacts."""

    NAME = "guardian"
    PHONE = "guardian_phone"


class Kind(enum.Enum):
    """What a field holds, and with that how it reads: see ``core.recipients.texts``."""

    TEXT = "text"
    PHONE = "phone"  # E.164
    TIME = "time"
    STATUS = "status"
    COUNT = "count"
    RATE = "rate"  # 0…1
    LENGTH = "length"  # characters
    DURATION = "duration"  # seconds
    CHANGE = "change"  # core.trends.rules.Change
    TAGS = "tags"  # names


METRICS = frozenset({Kind.RATE, Kind.LENGTH, Kind.DURATION})
MAY_BE_NONE = METRICS | {Kind.TIME, Kind.CHANGE}
NUMBERS = METRICS | {Kind.COUNT}


class Typed(Struct, frozen=True):
    """How a field is typed: its label in forms, its rule, and what a sheet may have for it.

    ``short`` is the label in the detailed search. ``rule`` is asked about the line once it is folded, gives what
    is stored, and raises InvalidInput naming the field. ``searched``: whether the quick search finds it; changing
    that changes every ``search_text``. ``dates``: a date in a sheet stands for its text. ``width``: of its column
    in a sheet. ``samples``: for the sample data.
    """

    label: str
    short: str
    maximum: int
    width: int
    required: bool = False
    rule: Callable[[str], str] | None = None
    searched: bool = False
    dates: bool = False
    samples: tuple[str, ...] = ()


class Field(Struct, frozen=True):
    """A field. ``heading`` and ``width`` (cells) are those of its column in the list.

    ``headers`` are its names in workbooks; the first of a language is the one that is written. ``column`` is that
    of the table of recipients, where it is not called as the field is; ``purged`` is what a purge leaves in it.
    ``optional``: it may have no value, which is kept as what a purge leaves; those come last in the list,
    whichever way it is sorted. ``wide``: the column's width on a wide screen.
    """

    name: FieldName | TagField | GuardianField
    kind: Kind
    heading: str
    width: int
    headers: Mapping[str, tuple[str, ...]]
    purged: object
    column: str = ""
    typed: Typed | None = None
    optional: bool = False
    wide: int = 0

    @property
    def stored_in(self) -> str:
        """The column of the table of recipients."""
        return self.column or self.name.value

    @property
    def index(self) -> str:
        """The index of the list in its order; "" where it is sorted by something that is not the recipient's."""
        if self.column:
            return ""
        # the one that keeps two of an organization from having one number leads along the numbers, too
        beginning = "uq" if self.kind is Kind.PHONE else "ix"
        return f"{beginning}_recipients_{self.name.removesuffix('_at')}"

    @property
    def searched(self) -> bool:
        """Whether the quick search finds it."""
        return self.typed is not None and self.typed.searched

    @property
    def label(self) -> str:
        """What it is called in forms and reasons, in the language of the console."""
        return _(self.typed.label if self.typed else self.heading)

    def header(self, language: str) -> str:
        """The header of its column in a workbook."""
        return self.headers.get(language, self.headers["en"])[0]

    def clean(self, typed: str, region: str) -> str:
        """What was typed as it is stored. Raises InvalidInput naming the field."""
        assert self.typed is not None  # noqa: S101 - the others are not typed
        if self.name is GuardianField.PHONE:
            return phone.parse_any(typed, region, field=self.name.value, label=self.label)
        if self.kind is Kind.PHONE:
            return phone.parse(typed, region)
        if self.kind is Kind.TAGS:
            return tags.joined(tags.names_of_one(typed))
        about = self.typed
        line = text.line(
            typed,
            field=str(self.name),
            label=_(about.label),
            minimum=int(about.required),
            maximum=about.maximum,
        )
        return about.rule(line) if about.rule and line else line


class Given(Struct, frozen=True):
    """What people give of a recipient: a text for each field that is typed. New ones have a default."""

    name: str
    phone: str
    other_information: str = ""


# In the order of forms and workbooks.
FIELDS: tuple[Field, ...] = (
    Field(
        FieldName.NAME, Kind.TEXT, N_("Recipient name"), 14, purged="", wide=16,
        headers={
            "en": ("Recipient name",),
            "ko": (
                "수신인 이름", "수신인명", "어르신 성함", "대상자명", "성명", "성함", "이름", "수신자", "대상자",
            ),
            "ja": ("受信者名", "氏名"),
        },
        typed=Typed(
            N_("Recipient name"), N_("Recipient name"), maximum=20, width=24, required=True, searched=True
        ),
    ),
    Field(
        FieldName.PHONE, Kind.PHONE, N_("Phone number"), 13, purged="",
        headers={
            "en": ("Mobile phone number", "HP", "H.P"),
            "ko": (
                "휴대폰 번호", "휴대전화 번호", "휴대폰", "휴대전화", "핸드폰", "핸드폰 번호",
                "연락처", "전화번호",
            ),
            "ja": ("携帯電話番号", "電話番号"),
        },
        typed=Typed(
            N_("Mobile phone number"), N_("Phone number"), maximum=20, width=20, required=True, searched=True
        ),
    ),
    Field(
        FieldName.OTHER_INFORMATION, Kind.TEXT, N_("Other information"), 30, purged="", optional=True,
        headers={
            "en": ("Other information",),
            "ko": ("기타 정보", "비고", "특이사항", "참고사항"),
            "ja": ("その他情報", "備考"),
        },
        typed=Typed(
            N_("Other information"), N_("Other inform."), maximum=30, width=40, searched=True, dates=True,
            samples=(
                "독거, 청력 약함", "보호자: 딸", "보호자: 아들 (주말 방문)", "고혈압 복약", "당뇨, 저녁 인슐린",
                "주 2회 방문", "주 3회 재가 요양", "거동 불편, 3층", "치매 초기", "무릎 수술 후 재활 중",
                "배우자와 거주", "기초생활수급", "낮에는 경로당", "보청기 사용, 크게 말하기", "반려견 있음",
                "퇴원 후 관찰", "心臓ペースメーカー", "Speaks English",
            ),
        ),
    ),
    Field(
        FieldName.ORGANIZATION, Kind.TEXT, N_("Organization"), 17, purged=KEPT, column="organization_id", wide=21,
        headers={
            "en": ("Responsible organization",),
            "ko": ("담당 기관", "기관", "기관명", "소속", "소속 기관"),
            "ja": ("担当機関",),
        },
        typed=Typed(N_("Responsible organization"), "", maximum=100, width=30),
    ),
    Field(
        FieldName.REGISTERED_AT, Kind.TIME, N_("Registered at"), 16, purged=WHEN_DELETED,
        headers={"en": ("Registered at",), "ko": ("등록 일시",)},
    ),
    Field(
        FieldName.LAST_CALL_AT, Kind.TIME, N_("Last call at"), 16, purged=NEVER, optional=True,
        headers={"en": ("Last call at",), "ko": ("최근 통화 일시",)},
    ),
    Field(
        FieldName.CHANGE, Kind.CHANGE, N_("Change"), 26, purged=NO_CHANGE, optional=True,
        headers={"en": ("Change",), "ko": ("변화",)},
    ),
    Field(
        FieldName.TOTAL_CALLS, Kind.COUNT, N_("Total calls"), 11, purged=0,
        headers={"en": ("Total calls",), "ko": ("총 통화",)},
    ),
    Field(
        FieldName.CONNECTION_RATE, Kind.RATE, N_("Connection rate"), 15, purged=NO_VALUE, optional=True,
        headers={"en": ("Connection rate",), "ko": ("연결률",)},
    ),
    Field(
        FieldName.COMPLETION_RATE, Kind.RATE, N_("Completion rate"), 15, purged=NO_VALUE, optional=True,
        headers={"en": ("Completion rate",), "ko": ("완료율",)},
    ),
    Field(
        FieldName.ANSWER_LENGTH, Kind.LENGTH, N_("Answer length"), 13, purged=NO_VALUE, optional=True,
        headers={"en": ("Average answer length",), "ko": ("평균 답변 길이",)},
    ),
    Field(
        FieldName.CALL_DURATION, Kind.DURATION, N_("Duration"), 8, purged=NO_VALUE, optional=True,
        headers={"en": ("Average call duration",), "ko": ("평균 통화 시간",)},
    ),
    Field(
        FieldName.CAMPAIGN, Kind.TEXT, N_("Campaign"), 16, purged=None, column="campaign_id", optional=True,
        headers={"en": ("Campaign name",), "ko": ("캠페인명",)},
    ),
    Field(
        FieldName.STATUS, Kind.STATUS, N_("Status"), 11, purged=0, wide=26,
        headers={"en": ("Status",), "ko": ("상태",)},
    ),
)  # fmt: skip
# Kept in a table of their own.
TAGS = Field(
    TagField.TAGS, Kind.TAGS, N_("Tags"), 20, purged=KEPT, column="recipient_tags", optional=True, wide=30,
    headers={"en": ("Tags", "Tag"), "ko": ("태그", "구분"), "ja": ("タグ",)},
    typed=Typed(N_("Tags"), N_("Tags"), maximum=tags.LONGEST_LIST, width=30),
)  # fmt: skip
# In workbooks only, behind the others.
GUARDIAN: tuple[Field, ...] = (
    Field(
        GuardianField.NAME,
        Kind.TEXT,
        N_("Guardian"),
        14,
        purged=KEPT,
        column="contacts",
        optional=True,
        headers={
            "en": ("Guardian", "Guardian's name"),
            "ko": ("보호자", "보호자명", "보호자 성명", "보호자 성함", "보호자 이름"),
            "ja": ("保護者", "保護者名"),
        },
        typed=Typed(N_("Guardian"), N_("Guardian"), maximum=40, width=20),
    ),
    Field(
        GuardianField.PHONE,
        Kind.PHONE,
        N_("Guardian's number"),
        17,
        purged=KEPT,
        column="contacts",
        optional=True,
        headers={
            "en": ("Guardian's number", "Guardian's phone number"),
            "ko": (
                "보호자 연락처",
                "보호자 전화번호",
                "보호자 전화",
                "보호자 번호",
                "보호자 휴대폰",
                "보호자 휴대폰 번호",
                "보호자 핸드폰",
            ),
            "ja": ("保護者の電話番号", "保護者電話番号", "保護者の連絡先"),
        },
        typed=Typed(N_("Guardian's number"), N_("Guardian's number"), maximum=20, width=20),
    ),
)
BY_NAME: dict[str, Field] = {field.name: field for field in (*FIELDS, *GUARDIAN, TAGS)}
# the columns that the list is sorted by, and all that it has
SORTED = tuple(BY_NAME[name] for name in FieldName)
LISTED = (*SORTED, TAGS)
TYPED = tuple(field for field in FIELDS if field.typed)
# the columns of an upload
SHEET = (*TYPED, *GUARDIAN, TAGS)
# those of ``Given``: typed, and the recipient's own
TEXTS = tuple(field for field in TYPED if not field.column)
TEXT_NAMES: tuple[str, ...] = tuple(field.name.value for field in TEXTS)
# what is said of somebody beside name and number
MORE = tuple(field for field in TEXTS if field.name not in (FieldName.NAME, FieldName.PHONE))
_SEARCHED = tuple((field.name.value, field.kind) for field in TEXTS if field.searched)


def named(kinds: frozenset[Kind]) -> tuple[str, ...]:
    """The names of the fields of these kinds."""
    return tuple(field.name.value for field in FIELDS if field.kind in kinds)


def texts_of(one: object) -> dict[str, Any]:
    """The texts of ``Given``, by field, of whatever has them: a draft, a row, a mapped recipient."""
    return {name: getattr(one, name) for name in TEXT_NAMES}


def search_text(one: object, region: str) -> str:
    """What the quick search looks in, of whatever has the fields as they are stored: a line for each."""
    return search_lines(
        phone.search_digits(getattr(one, name), region)
        if kind is Kind.PHONE
        else sought(getattr(one, name))
        for name, kind in _SEARCHED
    )


def search_lines(lines: Iterable[str]) -> str:
    """The same of the fields as they are searched, the name first, of a number the digits.

    The initials of the name stand behind them. It ends in two empty lines, so that each of its characters begins a
    run of three, as the search index wants it.
    """
    name, *others = lines
    return "\n".join((name, *others, initials(name), "\n"))
