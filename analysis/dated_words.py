"""What does a code say that names a day? ``successor@2025-07-01`` takes its words from ``successor``."""

from collections.abc import Iterator, Mapping
from datetime import date

from questionnaires.model import Text


class DatedWords(Mapping[str, Text]):
    """Words by code, in their order; a code with a day behind ``@`` has that day put into its words."""

    def __init__(self, words: Mapping[str, Text]) -> None:
        self._words = words
        self._order = {code: place for place, code in enumerate(words)}

    def __getitem__(self, code: str) -> Text:
        kind, _, day = code.partition("@")
        text = self._words[kind]
        if not day:
            return text
        said = f"{date.fromisoformat(day):%d/%m/%Y}"
        return Text(text.vi.format(day=said), text.en.format(day=said))

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def place(self, code: str) -> int:
        """Return the place of a code in the order of the words, the last one for codes without words."""
        return self._order.get(code.partition("@")[0], len(self._order))
