"""Tiny packs made up by dice: what no author would write, and the prover must still be right about."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

Node = Any  # Any: a piece of a pack's YAML
ROOMS = ("hall", "attic", "yard")
ITEMS = ("rod", "cup", "bag", "coin")
FLAGS = ("lit", "wet")
CLUES = ("truth", "rumour")
ENDINGS = ("won", "lost", "odd")
LABELS = ("moved", "insulted")


class RandomPack:
    """The files of a pack that is decided by the seed alone."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._has_person = self._dice.random() < 0.7
        self._has_condition = self._dice.random() < 0.5
        self._has_night = self._dice.random() < 0.3

    def files(self) -> dict[str, str]:
        """The files, by path."""
        dice = self._dice
        nodes: dict[str, Node] = {
            "pack.yaml": {
                "id": "random",
                "version": "1.0.0",
                "rating": "all",
                "days": dice.choice([1, 2]),
                "slots_per_day": dice.choice([4, 5]),
                "start": "hall",
                "statistics": {"calm": {"initial": 2, "max": 4, "cap": dice.choice([1, 2])}},
                "flags": dict.fromkeys(FLAGS, False),
                "vars": {"count": {"initial": dice.choice([0, 1]), "max": 3}},
            },
            "places.yaml": {"places": self._places(), "doors": {"gate": {}}},
            "items.yaml": self._items(),
            "rules.yaml": {f"rule_{number}": self._rule() for number in range(dice.choice([1, 2, 3]))},
            "clues.yaml": {clue: self._clue() for clue in CLUES},
            "endings.yaml": {
                **{ending: self._ending(ending) for ending in ENDINGS},
                "over": {"kind": "failure", "trigger": "time"},
            },
            "locks.yaml": self._locks(),
        }
        if self._has_person:
            nodes["people.yaml"] = {"ann": self._person()}
        if self._has_condition:
            nodes["effects.yaml"] = {
                "dizzy": {
                    "turns": dice.choice([0, 1, 2]),
                    "blocks": dice.sample(["take", "use", "move", "search", "talk", "read"], 1),
                    "stacks": dice.choice(["refresh", "extend", "keep", "count"]),
                    "each_turn": self._effects(1),
                }
            }
        if self._has_night:
            nodes["night.yaml"] = {"agenda": {f"deed_{number}": self._agenda() for number in range(2)}}
        nodes["text/en.yaml"] = nodes["text/ko.yaml"] = self._texts()
        return {file: json.dumps(node) for file, node in nodes.items()}

    def _places(self) -> Node:
        dice = self._dice
        ways: dict[str, list[Node]] = {room: [] for room in ROOMS}
        for here, there in (("hall", "attic"), ("hall", "yard"), ("attic", "yard")):
            door = {"door": "gate"} if (here, there) == ("hall", "yard") else {}
            if door or dice.random() < 0.8:
                when = {"when": self._condition()} if dice.random() < 0.25 else {}
                ways[here].append({"to": there, **door, **when})
                if dice.random() < 0.8:
                    ways[there].append({"to": here, **door})
        return {room: {"exits": exits, "hides": dice.random() < 0.2} for room, exits in ways.items()}

    def _items(self) -> Node:
        dice, items = self._dice, dict[str, Node]()
        for item in ITEMS:
            node: dict[str, Node] = {"in": dice.choice([*ROOMS, "hall"]), "portable": item != "bag" or dice.random() < 0.3}
            if item == "bag":
                node |= {"container": {"open": dice.random() < 0.3}}
            if item == "coin":
                node |= {"in": dice.choice([*ROOMS, "bag", "gone"]), "hidden": dice.random() < 0.5, "readable": True}
            if item == "cup":
                node |= {"states": ["empty", "full"]}
            if item != "bag" and dice.random() < 0.7:
                node["uses"] = [self._use(item) for _ in range(dice.choice([1, 2]))]
            items[item] = node
        return items

    def _use(self, item: str) -> Node:
        dice = self._dice
        use: dict[str, Node] = {"verb": "use", "effects": self._effects(dice.choice([1, 2])), "consumes": dice.random() < 0.3}
        if dice.random() < 0.4:
            use["on"] = dice.choice([other for other in (*ITEMS, "gate") if other != item])
        return use | ({"when": self._condition()} if dice.random() < 0.5 else {})

    def _locks(self) -> Node:
        kind = self._dice.choice(["key", "code", "items", "none", "sequence"])
        needs = {"needs": {"when": self._condition(), "otherwise": "no"}} if self._dice.random() < 0.2 else {}
        self._needs = bool(needs)
        own: dict[str, Node] = {
            "key": {"keys": ["rod"]},
            "code": {"code": "12345", "known_by": "truth", "attempts": 1},
            "items": {"items": ["rod", "cup"], "consumes": self._dice.random() < 0.5},
            "none": {},
            "sequence": {"sequence": ["rod", "cup"], "attempts": self._dice.choice([1, 2]), "on_fail": self._effects(1)},
        }
        return {"gate_lock": {"on": "gate", "kind": kind, **own[kind], **needs}}

    def _person(self) -> Node:
        dice = self._dice
        reactions: list[Node] = [
            {"give": dice.choice(["cup", "coin", "any"]), "accepts": dice.random() < 0.7, "effects": self._effects(1)},
            {"show": "rod", "effects": self._effects(1)},
            {"persuade": "news", "when": self._condition(), "effects": self._effects(1)},
            {"accuse": ["truth"], "effects": self._effects(1)},
        ]
        return {
            "in": dice.choice(ROOMS),
            "statistics": {"trust": {"initial": 1, "max": 4, "cap": 1, "day_cap": dice.choice([1, 2])}},
            "phases": {"calm": {}, "warm": {"enter_when": "person.ann.trust >= 2", "leave_when": "person.ann.trust < 1"}},
            "schedule": [{"slot": 1, "in": dice.choice(ROOMS)}, {"slot": 3, "in": dice.choice([*ROOMS, "nowhere"])}],
            "topics": {
                "news": {"effects": self._effects(1), "once": dice.random() < 0.5},
                "deal": {"when": self._condition(), "effects": self._effects(2)},
            },
            "reactions": dice.sample(reactions, dice.choice([1, 2, 3])),
            "labels": {label: self._effects(1) for label in LABELS if dice.random() < 0.2},
        }

    def _rule(self) -> Node:
        dice = self._dice
        rule: dict[str, Node] = {"effects": self._effects(dice.choice([1, 2])), "once": dice.random() < 0.7}
        if dice.random() < 0.6:
            rule["on"] = dice.choice(
                [
                    "waited",
                    "time_passed",
                    {"taken": "cup"},
                    {"moved": "attic"},
                    {"searched": "hall"},
                    {"dropped": "rod"},
                    {"flag_set": "lit"},
                ]
            )
        if "on" not in rule or dice.random() < 0.5:
            rule["when"] = self._condition()
        return rule

    def _clue(self) -> Node:
        return self._dice.choice([{}, {"on": [{"read": "coin"}]}, {"on": [{"examined": "bag"}]}, {"when": self._condition()}])

    def _agenda(self) -> Node:
        who = {"who": "ann", "at": self._dice.choice(ROOMS)} if self._has_person and self._dice.random() < 0.6 else {}
        return {**who, "when": self._condition(), "priority": self._dice.choice([0, 1]), "effects": self._effects(1)}

    def _ending(self, ending: str) -> Node:
        kind = {"won": "victory", "lost": "failure", "odd": "victory"}[ending]
        return {
            "kind": kind,
            "trigger": self._dice.choice(["action", "action", "tick", "night"]),
            "priority": self._dice.choice([0, 5]),
            "when": " && ".join(self._condition() for _ in range(self._dice.choice([1, 2]))),
        }

    def _effects(self, count: int) -> Node:
        return [self._effect() for _ in range(count)]

    def _effect(self) -> Node:
        dice = self._dice
        choices: list[Callable[[], Node]] = [
            lambda: {"set": {f"flag.{dice.choice(FLAGS)}": dice.random() < 0.7}},
            lambda: {"add": {"var.count": dice.choice([-1, 1, 1])}},
            lambda: {"add": {"player.calm": dice.choice([-1, 1, -2])}},
            lambda: {"take": dice.choice(["rod", "cup", "coin"])},
            lambda: {"give": "coin"},
            lambda: {"reveal": dice.choice(CLUES)},
            lambda: {"move": {"player": dice.choice(ROOMS)}},
            lambda: {"set": {"item.cup.state": dice.choice(["empty", "full"])}},
            lambda: {dice.choice(["lock", "unlock"]): "gate_lock"},
            lambda: {"if": self._condition(), "then": [{"add": {"var.count": 1}}], "else": [{"set": {"flag.wet": True}}]},
        ]
        if self._has_person:
            choices += [lambda: {"add": {"person.ann.trust": dice.choice([-1, 1, 1])}}, lambda: {"move": {"ann": dice.choice(ROOMS)}}]
        if self._has_condition:
            choices += [lambda: {"start": "dizzy"}, lambda: {"stop": "dizzy"}]
        return dice.choice(choices)()

    def _condition(self) -> str:
        dice = self._dice
        atoms = [
            f"flag.{dice.choice(FLAGS)}",
            f"!flag.{dice.choice(FLAGS)}",
            f"var.count {dice.choice(['>=', '<', '=='])} {dice.choice([1, 2])}",
            f"player.calm {dice.choice(['>=', '<='])} {dice.choice([1, 3])}",
            f"player.place == '{dice.choice(ROOMS)}'",
            f"item.{dice.choice(['rod', 'cup', 'coin'])}.carried",
            f"!item.{dice.choice(['rod', 'cup'])}.carried",
            "item.cup.state == 'full'",
            f"clue.{dice.choice(CLUES)}",
            f"clock.slot {dice.choice(['>=', '<'])} 3",
            "lock.gate_lock.locked",
            f"place.{dice.choice(ROOMS)}.visited",
        ]
        if self._has_person:
            atoms += ["person.ann.trust >= 2", "person.ann.here", "person.ann.phase == 'warm'", "person.ann.told.news"]
        if self._has_condition:
            atoms += ["condition.dizzy", "!condition.dizzy"]
        first = dice.choice(atoms)
        if dice.random() < 0.35:
            return f"({first} {dice.choice(['&&', '||'])} {dice.choice(atoms)})"
        return first

    def _texts(self) -> Node:
        def of(word: str) -> Node:
            return {"name": f"the {word}", "description": f"It is the {word}."}

        texts: dict[str, Node] = {
            "pack": {"title": "Dice", "summary": "Dice.", "opening": "Dice."},
            "place": {room: of(room) for room in ROOMS},
            "door": {"gate": of("gate")},
            "item": {item: of(item) | ({"read": "Words."} if item == "coin" else {}) for item in ITEMS},
            "clue": {clue: {"name": clue, "text": "So."} for clue in CLUES},
            "statistic": {"calm": {"name": "calm"}},
            "ending": {ending: {"name": ending, "epilogue": "The end."} for ending in (*ENDINGS, "over")},
        }
        if self._has_person:
            texts["person"] = {
                "ann": of("woman")
                | {
                    "persona": "A woman.",
                    "greeting": "Yes?",
                    "phase": {"calm": {"style": "Calm."}, "warm": {"style": "Warm."}},
                    "topic": {topic: {"name": topic, "line": "So."} for topic in ("news", "deal")},
                }
            }
        if self._has_condition:
            texts["condition"] = {"dizzy": {"name": "dizzy"}}
        if self._needs:
            texts["lock"] = {"gate_lock": {"needs": {"no": "No."}}}
        return texts
