"""The five recorded conversations of the sample database, in step with their voice files."""

from typing import NamedTuple


def own_voice_file(recorded: str, call_id: int) -> str:
    """Where a call has its own copy of the recording: no two calls share a voice file."""
    return f"{recorded.removesuffix('.wav')}/{call_id}.wav"


def recording_of(voice_file: str) -> str:
    """The recording of which a call's voice file is a copy."""
    return f"{voice_file.rpartition('/')[0]}.wav"


class Recorded(NamedTuple):
    """A recorded call; utterances are (moment in ms, speaker, text), memory (topic, content)."""

    voice_file: str
    duration_ms: int
    analysis: str
    completed: bool
    utterances: tuple[tuple[int, str, str], ...]
    memory: tuple[tuple[str, str], ...]


_SLEPT_WELL = Recorded(
    "2026/11/sample-001.wav",
    21900,
    "normal",
    True,
    (
        (500, "ai", "안녕하세요, 어르신. 케어콜입니다. 어젯밤은 잘 주무셨어요?"),
        (7700, "recipient", "네, 잘 잤어요."),
        (10870, "ai", "아침 식사는 하셨어요?"),
        (13970, "recipient", "된장찌개에 밥 먹었어요."),
        (17650, "ai", "잘하셨어요. 좋은 하루 보내세요."),
    ),
    (
        ("식사", "아침에 된장찌개를 드신다"),
        ("수면", "요즘 잘 주무신다"),
    ),
)
RECORDED = (
    _SLEPT_WELL,
    Recorded(
        "2026/11/sample-002.wav",
        22280,
        "negative",
        True,
        (
            (500, "ai", "안녕하세요. 무릎은 좀 어떠세요?"),
            (4740, "recipient", "무릎이 아파서 밖에 못 나갔어요."),
            (9020, "ai", "많이 불편하시겠어요. 병원에는 다녀오셨어요?"),
            (14440, "recipient", "아니요, 다음 주에 가려고요."),
            (18500, "ai", "네, 담당자에게 전해 드릴게요."),
        ),
        (
            ("건강", "무릎이 아프시다"),
            ("외출", "다음 주에 병원에 가신다"),
        ),
    ),
    Recorded(
        "2026/11/sample-003.wav",
        16660,
        "emergency",
        False,
        (
            (500, "ai", "안녕하세요, 어르신. 오늘 기분은 어떠세요?"),
            (5490, "recipient", "가슴이 답답하고 숨쉬기가 힘들어요."),
            (10430, "ai", "지금 도와드릴 분이 곁에 계세요?"),
            (14300, "recipient", "혼자 있어요."),
        ),
        (("건강", "가슴이 답답하다고 하셨다"),),
    ),
    Recorded(
        "2026/11/sample-004.wav",
        19120,
        "normal",
        True,
        (
            (500, "ai", "Hello, this is your care call. How are you feeling today?"),
            (5310, "recipient", "I am fine, thank you. I walked my dog in the park."),
            (10910, "ai", "That is lovely. What is the name of your dog?"),
            (14720, "recipient", "Her name is Bori."),
            (17110, "ai", "Have a nice day."),
        ),
        (
            ("pets", "Has a dog named Bori"),
            ("exercise", "Walks in the park"),
        ),
    ),
    Recorded("2026/11/sample-005.wav", *_SLEPT_WELL[1:]),
)
