"""A key that is held down answers one question, not the next one as well."""

# Terminals repeat a held key 10 to 40 times a second and tell nobody that it is held. People press a key
# again after some 0.2 s at the soonest; scripts and typing ahead stay free, since only a key that has answered
# a question, with no other key since, has to be apart from itself.
APART = 0.15  # seconds


class HeldKey:
    """Tells presses from repeats, by the times at which keys came."""

    def __init__(self) -> None:
        self._key = ""
        self._at = 0.0
        self._question: object = None
        self._has_answered = False

    def is_repeat(self, key: str, at: float, question: object) -> bool:
        """Whether it only repeats the key that has just answered a question; ``question`` is asked now.

        What a repeat that came late has opened, the next repeat does not answer either. Escape answers nothing,
        and leads on from where it leads to.
        """
        closed = self._question is not None and question is not self._question
        self._has_answered = key == self._key and (self._has_answered or closed)
        is_repeat = self._has_answered and key != "escape" and at - self._at < APART
        self._key, self._at, self._question = key, at, question
        return is_repeat

    def answered(self, at: float) -> None:
        """The last key was answered now: until then the next one could not be read, whenever it was typed."""
        self._at = max(self._at, at)
