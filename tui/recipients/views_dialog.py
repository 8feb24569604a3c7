"""The chooser of views: typing narrows, enter opens; each with the number of those whom it finds now."""

from collections.abc import Sequence

from textual.widgets import Input

from core.values.i18n import N_, _
from core.values.text import search_key
from core.views.dto import Number, View, Views
from tui.forms.picker import Picker
from tui.recipients.view_actions import VIEWS, VIEWS_PLACE
from tui.recipients.view_forms import RenameViewForm
from tui.text import ELLIPSIS, fit

NUMBERED = 9  # have a key of their own in the list
COUNTED_AT_MOST = 60  # views whose number is asked for; narrowing leads to the others
_NAME, _WHOSE, _NUMBER = 38, 18, 7  # cells


class ViewsDialog(Picker[View]):
    """Dismissed with the view to list. ``on``: the key of the one that is listed; ``deleted``: what ``ctrl+u``
    brings back."""

    title_words = N_("Views")
    binds = (VIEWS,)
    scopes = VIEWS_PLACE

    def __init__(self, views: Views, on: str = "", deleted: View | None = None) -> None:
        super().__init__()
        self.deleted = deleted
        self._views = list(views.views)
        self._start = views.start
        self._at = on
        self._numbers: dict[str, Number] = {}
        self._is_stale = False
        self._is_counting = False

    @property
    def chosen(self) -> View | None:
        """The view under the cursor."""
        return next((one for one in self._views if one.key == self.choices.chosen), None)

    def on_mount(self) -> None:
        """Offer all of them, and count."""
        super().on_mount()
        self._count_again()

    def narrow(self, typed: str) -> None:
        """Offer what has this in its name, or in that of its organization."""
        self._narrow(typed, 0)

    def _narrow(self, typed: str, place: int) -> None:
        """The same; at this place where the view that it begins at is not offered."""
        wanted = search_key(typed)
        found = [
            one
            for one in self._views
            if wanted in search_key(one.name) or wanted in search_key(one.organization)
        ]
        keys = [one.key for one in found]
        at = keys.index(self._at) if self._at in keys else max(0, min(place, len(keys) - 1))
        self.choices.offer([(one.key, self._words(one)) for one in found], at)
        self._tell_nothing(is_found=bool(found))
        if any(one.key not in self._numbers for one in found[:COUNTED_AT_MOST]):
            self._count_again()

    def _tell_nothing(self, *, is_found: bool) -> None:
        words = _("No view has this in its name.")
        if not is_found:
            self.tell(words, "warning")
        for notice in self.notices if is_found else ():
            notice.take_back(
                words
            )  # what else was told stays: views are read again by themselves, too

    def _words(self, view: View) -> str:
        at = self._views.index(view)
        number = "-" if view.query is None else self._number(view)
        whose = (
            _("ready-made")
            if view.is_ready_made
            else view.organization
            if view.organization_id is not None
            else _("yours")
        )
        if view.key == self._start:
            whose = ", ".join((_("start"), whose))
        key = str(at + 1) if at < NUMBERED else " "
        return f"{key}  {fit(view.name, _NAME)} {fit(whose, _WHOSE)} {number:>{_NUMBER}}"

    def _number(self, view: View) -> str:
        return str(self._numbers.get(view.key, ELLIPSIS))

    # numbers, beside the keys

    def data_changed(self) -> None:
        """Somebody changed the data, or a view: read the views again, then count."""
        self.read(lambda: self.services.views.list(self.actor), self._read, group="views")

    def _read(self, views: Views) -> None:
        self._offer(views)
        self._count_again()

    def _offer(self, views: Views, at: str = "") -> None:
        self._at = at or self.choices.chosen or ""
        self._views, self._start = list(views.views), views.start
        self._narrow(self._typed, self.choices.highlighted or 0)

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value

    def _count_again(self) -> None:
        self._is_stale = True
        if not self._is_counting:
            self._is_counting = True
            self.read(self._count, lambda _nothing: None, group="numbers")

    async def _count(self) -> None:
        """One round after the other for as long as something has changed meanwhile, each to its end."""
        try:
            while self._is_stale:
                self._is_stale = False
                asked = self._to_count()
                queries = [one.query for one in asked if one.query is not None]
                numbers = self.services.views.numbers(self.actor, queries)
                keys = iter([one.key for one in asked])
                async for number in numbers:
                    if not self.still_stands:
                        return
                    self._show_number(next(keys), number)
        finally:
            self._is_counting = False

    def _to_count(self) -> Sequence[View]:
        offered = [one for one in self._views if self.choices.offers(one.key)]
        return [one for one in offered if one.query is not None][:COUNTED_AT_MOST]

    def _show_number(self, key: str, number: Number) -> None:
        if self._numbers.get(key) == number:
            return
        self._numbers[key] = number
        view = next((one for one in self._views if one.key == key), None)
        if view is not None:
            self.choices.reword(key, self._words(view))

    # what is chosen, and what is done with it

    async def take(self) -> None:
        """List it."""
        if (view := self.chosen) is not None:
            self.dismiss(view)

    async def _again(self, at: str = "") -> None:
        self._offer(await self.services.views.list(self.actor), at)

    async def rename(self) -> None:
        """Ask for another name."""
        view = self.chosen
        if view is not None and (renamed := await self.ask(RenameViewForm(view))) is not None:
            await self._again()
            self.tell(_("It is called {name} now.").format(name=renamed.name), "success")

    async def delete(self) -> None:
        """Delete it at once: it can be taken back."""
        view = self.chosen
        if view is None or view.id is None:
            return
        self.deleted = await self.write(
            self.services.views.delete(self.actor, view.id, view.version)
        )
        await self._again()
        words = _("Deleted {name}. {keys[views.undo]} takes it back.")
        self.tell(words.format(name=view.name, keys=self.console.own_keys), "success")

    async def undo(self) -> None:
        """Take the last delete back."""
        if self.deleted is None or self.deleted.id is None:
            return
        back = await self.write(self.services.views.restore(self.actor, self.deleted.id))
        self.deleted = None
        await self._again(back.key)
        self.tell(_("{name} is back.").format(name=back.name), "success")

    async def place_up(self) -> None:
        """Put it one place further up among those that are offered; from the top, to the end."""
        view = self.chosen
        if view is None:
            return
        keys = [one.key for one in self._views]
        offered = [key for key in keys if self.choices.offers(key)]
        at = offered.index(view.key)
        keys.remove(view.key)
        keys.insert(len(keys) if at == 0 else keys.index(offered[at - 1]), view.key)
        await self._arrange(keys, self._start)

    async def start_with(self) -> None:
        """Start with it, or with none."""
        view = self.chosen
        if view is None:
            return
        start = "" if view.key == self._start else view.key
        await self._arrange([one.key for one in self._views], start)
        words = (
            _("The console starts with {name}.") if start else _("It starts with the whole list.")
        )
        self.tell(words.format(name=view.name), "success")

    async def _arrange(self, keys: Sequence[str], start: str) -> None:
        await self.write(self.services.views.arrange(self.actor, keys, start))
        await self._again()
