"""A small sound pack that can be broken in many ways: two days with a night, four rooms, one of each kind of hindrance."""

from services.game.packs.compiler import Located, compile_located

_FILES = {
    "pack.yaml": """\
id: vault
version: 1.0.0
rating: all
days: 2
slots_per_day: 9
start: hall
statistics:
  suspicion: {initial: 0, max: 100}
flags:
  lit: false
  asked: false
""",
    "places.yaml": """\
places:
  hall:
    exits:
      - {to: pantry}
      - {to: study, door: study_door}
      - {to: yard, door: gate}
  pantry:
    exits:
      - {to: hall}
  study:
    exits:
      - {to: hall, door: study_door}
  yard:
    exits:
      - {to: hall, door: gate}
doors:
  study_door: {}
  gate: {}
""",
    "items.yaml": """\
jar: {in: pantry, portable: false}
brass_key: {in: jar, hidden: true}
note: {in: pantry, readable: true}
match: {in: pantry, uses: [{on: lamp, consumes: true, effects: [set: {flag.lit: true}]}]}
lamp: {in: study, portable: false}
safe: {in: study, portable: false, container: }
deed: {in: safe, readable: true}
bread: {in: pantry}
""",
    "people.yaml": """\
warden:
  in: hall
  statistics: {trust: {initial: 10, max: 100, cap: 30}}
  phases:
    cold: {}
    warm: {enter_when: person.warden.trust >= 40, leave_when: person.warden.trust < 20}
  schedule:
    - {slot: 1, in: hall}
    - {slot: 3, in: pantry}
    - {slot: 6, in: hall}
    - {slot: night, in: hall}
  topics:
    gate: {effects: [set: {flag.asked: true}]}
    favour: {when: person.warden.phase == 'warm', effects: [unlock: gate_lock]}
  reactions:
    - {give: bread, text: eats, effects: [add: {person.warden.trust: 30}]}
  labels:
    flattered: [add: {player.suspicion: -5}]
""",
    "locks.yaml": """\
study_lock: {on: study_door, kind: key, keys: [brass_key]}
safe_lock:
  on: safe
  kind: code
  code: "7391"
  known_by: number
  needs: [{when: flag.lit, otherwise: dark}]
gate_lock: {on: gate, kind: none}
""",
    "clues.yaml": """\
number: {on: [read: note]}
truth: {on: [read: deed]}
whisper: {}
""",
    "effects.yaml": """\
tired: {turns: 2}
""",
    "rules.yaml": """\
alarm:
  on: [opened: safe]
  effects: [add: {player.suspicion: 20}, start: tired]
""",
    "night.yaml": """\
agenda:
  rounds:
    who: warden
    at: pantry
    effects: [say: steps]
overheard:
  mutter:
    at: pantry
    when: clock.phase == 'night' && person.warden.place == 'pantry'
    effects: [reveal: whisper]
""",
    "endings.yaml": """\
proved: {kind: secret, trigger: action, when: "player.place == 'yard' && clue.truth", priority: 10}
out: {kind: victory, trigger: action, when: player.place == 'yard', earned: true}
over: {kind: failure, trigger: time}
""",
}

_TEXT = """\
pack: {title: The Vault, summary: A short one., opening: The gate falls shut.}
place:
  hall: {name: the hall, description: A cold hall.}
  pantry: {name: the pantry, description: Shelves.}
  study: {name: the study, description: Dust and books.}
  yard: {name: the yard, description: Open sky.}
door:
  study_door: {name: the study door, description: Oak.}
  gate: {name: the gate, description: Iron.}
item:
  jar: {name: the jar, description: Earthenware.}
  brass_key: {name: the brass key, description: Small.}
  note: {name: the note, description: Folded twice., read: Seven three nine one.}
  match: {name: the match, description: The last.}
  lamp: {name: the lamp, description: Unlit.}
  safe: {name: the safe, description: Four dials.}
  deed: {name: the deed, description: With a seal., read: The house was never theirs.}
  bread: {name: the bread, description: Fresh.}
person:
  warden:
    name: the warden
    description: Hungry.
    persona: A warden who would rather eat.
    greeting: No.
    phase: {cold: {style: curt}, warm: {style: mild}}
    topic:
      gate: {name: opening the gate, line: Not for the likes of you.}
      favour: {name: a favour, line: Well. Just this once.}
    reaction: {eats: Hm. Good.}
lock:
  safe_lock: {needs: {dark: It is too dark to see the dials.}}
clue:
  number: {name: four figures, text: The safe opens with four figures on a note.}
  truth: {name: the truth, text: The house was stolen from its owners long ago.}
  whisper: {name: a whisper, text: The warden counts loaves in the dark of the night.}
condition: {tired: {name: tired}}
statistic: {suspicion: {name: Suspicion}}
ending:
  proved: {name: Proof, epilogue: You have it in writing.}
  out: {name: Outside, epilogue: You are out.}
  over: {name: Too Late, epilogue: Nobody comes.}
line: {steps: Steps in the pantry.}
"""


def vault_files() -> dict[str, str]:
    """The pack's files, to be changed as one likes."""
    return {**_FILES, "text/ko.yaml": _TEXT, "text/en.yaml": _TEXT}


def vault_pack() -> Located:
    """The pack, compiled."""
    return compile_located(vault_files())
