"""Lists asked for by the number of their page: nothing is lost when they move meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingestion.contract import Pull, SourceError
from ingestion.json_text import Piece

Ask = Callable[[int], tuple[list[Piece], bool]]
ENDLESS = (
    "the till gave a {} that it gave before, so reading on would not end. What came before is kept."
)


def there_and_back(
    ask: Ask, size: int, counts: Pull, place: str, pause: Callable[[], None] = lambda: None
) -> Iterator[list[Piece]]:
    """The pages of a list, of at most `size` records; each record as often as it was changed.

    `ask(n)` gives page n, the first is 0, and whether it is the last; `pause` comes before every
    further one. A record that leaves the list while it is read moves all behind it to the front,
    one of them past the page that is asked for next. So the pages are read back to the first: what
    moves to the front is met there. What comes on the way back alone shows that the list moved:
    then `counts.is_whole` is False. Raises SourceError for a page that comes twice.
    """
    seen: set[int] = set()
    number, before = 0, ""
    while True:
        page, is_last = ask(number)
        if page and (edges := page[0].text + page[-1].text) == before:
            raise SourceError(f"{place}: {ENDLESS.format('page')}")
        if news := _unseen(page, seen):
            yield news
        if is_last or not page:
            break
        number, before, was_full = number + 1, edges, len(page) >= size
        pause()
    if number == 1 and not page and not was_full:
        return  # all of it fitted in the first
    for earlier in range(number - 1, -1, -1):
        pause()
        if news := _unseen(ask(earlier)[0], seen):
            counts.is_whole = False
            yield news


def _unseen(page: list[Piece], seen: set[int]) -> list[Piece]:
    """What no earlier page held in the same words; it is seen from now on."""
    news = [piece for piece in page if hash(piece.text) not in seen]
    seen.update(hash(piece.text) for piece in news)
    return news
