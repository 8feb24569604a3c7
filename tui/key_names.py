"""Keys as Textual names them, as a person reads them, and as they come in Hangul mode. Pure."""

TWINS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
        strict=True,
    )
) | dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))

TWINS |= {  # full-width signs, as an input method may send them
    "question_mark": "fullwidth_question_mark", "colon": "fullwidth_colon", "slash": "fullwidth_solidus",
    "comma": "fullwidth_comma", "full_stop": "fullwidth_full_stop", "plus": "fullwidth_plus_sign",
    "minus": "fullwidth_hyphen_minus", "exclamation_mark": "fullwidth_exclamation_mark",
    "less_than_sign": "fullwidth_less_than_sign", "greater_than_sign": "fullwidth_greater_than_sign",
    "left_square_bracket": "fullwidth_left_square_bracket",
    "right_square_bracket": "fullwidth_right_square_bracket",
}  # fmt: skip

SHOWN = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "pgup", "pagedown": "pgdn",
    "question_mark": "?", "colon": ":", "slash": "/", "comma": ",", "full_stop": ".", "plus": "+",
    "minus": "-", "exclamation_mark": "!",
    "less_than_sign": "<", "greater_than_sign": ">", "left_square_bracket": "[",
    "right_square_bracket": "]", "escape": "esc",
}  # fmt: skip


def show(key: str) -> str:
    """A key's name as a person reads it."""
    return SHOWN.get(key, key)


def with_twins(keys: str) -> str:
    """The keys, each letter followed by its twin on the two-set (두벌식) keyboard.

    An upper-case letter has one only where shift gives one of its own there.
    """
    return ",".join(f"{key},{TWINS[key]}" if key in TWINS else key for key in keys.split(","))
