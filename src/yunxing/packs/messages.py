"""`messages.toml` of a pack: what people are told, and the approved templates of text services. All faults at once.

Inside the desk a message has a title with the name of the matter. Outside it is one fixed sentence without a place to fill in, so that no
figure, name or other datum can ever leave with it; a text service's template may take the words of `words`, which hold no digit either.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault

FILE = "messages.toml"
TITLE_PLACES = {"{title}"}
SENTENCE_LETTERS = 60
PLACE = re.compile(r"\{[^{}]*\}")


class Approved(Strict):
    """A text service's approval: the signature in front of the message, and this template's id at each provider."""

    signature: Annotated[str, Field(min_length=2, max_length=20)]
    ids: dict[str, Annotated[str, Field(min_length=1, max_length=60)]]
    words: dict[str, Annotated[str, Field(min_length=1, max_length=20)]] = {}


class MessageTemplate(Strict):
    """One `[[message]]`. `title` stands in the person's box and may hold `{title}`; `sentence` goes outside as it is.

    `urgent`: quiet hours do not hold it back (the plan's own emergency matters only).
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    title: Annotated[str, Field(min_length=2, max_length=80)]
    sentence: Annotated[str, Field(min_length=4, max_length=SENTENCE_LETTERS)]
    urgent: bool = False
    text: Approved | None = None


class MessagesFile(Strict):
    """The whole file."""

    message: tuple[MessageTemplate, ...] = ()


def load_messages(folder: Path) -> dict[str, MessageTemplate]:
    """The templates by id; none when the pack has no such file. `PackFault` with everything that is wrong."""
    path = folder / FILE
    if not path.exists():
        return {}
    found: dict[str, MessageTemplate] = {}
    faults: list[Fault] = []
    for entry in load(path, MessagesFile).message:
        place = f"message {entry.id}"
        if entry.id in found:
            faults.append(Fault(str(path), place, "the id a second time", "each id once"))
        faults += [Fault(str(path), place, found_, expected, why, fix) for found_, expected, why, fix in faults_of(entry)]
        found[entry.id] = entry
    if faults:
        raise PackFault(faults)
    return found


def faults_of(entry: MessageTemplate) -> list[tuple[str, str, str, str]]:
    """What must not leave: a place to fill in or a digit in the outside sentence, a digit in a text service's words, an unknown place in the title."""
    outside = "an outside message holds no figure and no personal datum"
    faults = []
    if PLACE.search(entry.sentence) or "%" in entry.sentence:
        faults.append((f"a place to fill in: {entry.sentence}", "a fixed sentence", outside, "leave the name to the page behind the link"))
    if any(one.isdigit() for one in entry.sentence):
        faults.append(
            (f"a digit: {entry.sentence}", "a sentence without figures", outside, "say 有一项 in words and leave the figure to the page")
        )
    strange = sorted(set(PLACE.findall(entry.title)) - TITLE_PLACES)
    if strange:
        faults.append((f"the place {strange[0]} in the title", "{title} or nothing", "nothing else is given", ""))
    for name, value in (entry.text.words if entry.text else {}).items():
        if any(one.isdigit() for one in value) or PLACE.search(value):
            faults.append((f"{name} = {value}", "fixed words without figures", outside, ""))
    if entry.text and not entry.text.ids:
        faults.append(("no provider", "at least one provider's template id", "text services send approved templates only", ""))
    return faults
