"""One turn on the screen: what happened at once, then its story as it comes."""

from maratang_client.shapes import Clarify, Delta, Line, Refusal, Reset, Resolved, Telling, Turn, TurnEvent
from services.local.playing.screen import Screen


class Scene:
    """Shows the events of one turn.

    A story that only repeats the plain lines, as one in the scenario's own words does, is not shown twice: it is held back for as long as
    it says the same.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._plain = ""
        self._told = ""
        self._held: list[Line] = []
        self._shown = False
        self._anew = False
        self._speaker: str | None = None

    def show(self, event: TurnEvent) -> None:
        """Shows one event."""
        screen = self._screen
        match event.event:
            case Resolved(lines=lines, view=view):
                screen.knows(view.people)
                screen.lines(lines)
                self._plain = "\n".join(line.text for line in lines)
                if lines:
                    screen.working(screen.words.telling)
            case Delta(speaker=speaker, text=text):
                self._tell(Line(speaker=speaker, text=text))
            case Reset():
                self._restart()
            case Refusal(lines=lines):
                screen.refused(lines)
            case Clarify(question=question, choices=choices):
                screen.says(question)
                screen.choices([choice.label for choice in choices])
            case Turn(telling=telling) if telling is not None:
                self._end(telling)

    def _tell(self, piece: Line) -> None:
        self._told += piece.text
        self._held.append(piece)
        if self._shown or self._anew or not self._plain.startswith(self._told):
            self._release()

    def _release(self) -> None:
        if self._held and not self._shown and self._plain:
            self._screen.blank()
        for piece in self._held:
            self._screen.tells(piece.speaker, piece.text, named=not self._shown or piece.speaker != self._speaker)
            self._speaker = piece.speaker
            self._shown = True
        self._held.clear()

    def _restart(self) -> None:
        if self._shown:
            self._screen.says(self._screen.words.told_anew)
            self._anew = True
        self._told, self._shown, self._speaker = "", False, None
        self._held.clear()

    def _end(self, telling: Telling) -> None:
        if not telling.text.startswith(self._told):
            self._restart()
        missed = telling.text[len(self._told) :]
        if missed and self._told:
            self._tell(Line(speaker=self._speaker, text=missed))
        elif missed:
            for at, line in enumerate(telling.lines):
                self._tell(Line(speaker=line.speaker, text=line.text if at == 0 else f"\n{line.text}"))
        self._screen.told_by(telling)
