"""A pack with a night, and one of everything that needs people to hear, watch, be moved or be accused."""

from services.game.packs.compiler import compile_pack
from services.game.rules.pack import Pack

_FILES = {
    "pack.yaml": """\
id: manor
version: 1.0.0
rating: all
days: 2
slots_per_day: 5
start: hall
point_of_no_return: flag.sealed
noise: {take: 2}
statistics:
  suspicion: {initial: 0, max: 100, day_cap: 20, shown: true}
flags: {sealed: false, searched: false, warned: false, dawned: false}
""",
    "places.yaml": """\
places:
  hall:
    hides: true
    exits: [{to: study, noise: 2}, {to: cellar, door: hatch}, {to: garden}]
  study:
    exits: [{to: hall}]
  cellar:
    exits: [{to: hall, door: hatch}]
  garden:
    exits: [{to: hall}]
doors:
  hatch: {open: true}
""",
    "items.yaml": """\
wardrobe: {in: hall, portable: false, hides: true}
vase: {in: hall}
bell: {in: hall, portable: false}
gong: {in: hall, portable: false, uses: [{noise: 3, effects: []}]}
safe: {in: hall, portable: false, container: }
crate: {in: hall, portable: false, container: }
cabinet: {in: hall, portable: false, container: }
clockcase: {in: hall, portable: false, container: }
crank: {in: hall}
gear: {in: crate}
wine: {in: player, uses: [{effects: [start: {condition: tipsy, turns: 3}]}]}
tea: {in: player, uses: [{effects: [start: {condition: calm, turns: 2}]}]}
ice: {in: player, uses: [{effects: [start: {condition: cold, turns: 2}]}]}
""",
    "people.yaml": """\
butler:
  in: study
  statistics: {trust: {initial: 10, min: 0, max: 100}}
  schedule:
    - {slot: 1, in: study}
    - {slot: 3, in: hall}
    - {slot: 4, in: garden}
    - {slot: night, in: study}
  topics:
    master: {}
    cellar: {when: clue.draught}
  reactions:
    - {persuade: any, text: shrug}
    - {persuade: cellar, text: yields, effects: [add: {person.butler.trust: 40}]}
    - {lie: master, when: flag.warned, text: believes}
    - {accuse: [draught], text: scoffs}
    - {accuse: [draught, quarrel], text: confesses, effects: [set: {flag.sealed: true}]}
  labels:
    moved: [add: {person.butler.trust: 15, player.suspicion: -5}]
    insulted: [add: {player.suspicion: 15}]
maid:
  in: garden
""",
    "locks.yaml": """\
safe_lock: {on: safe, kind: sequence, sequence: [bell, gong, bell], attempts: 2, on_open: [say: click]}
crate_lock: {on: crate, kind: timed, hours: [{from: 2, until: 3}, {day: 2, from: 5, until: 5}]}
cabinet_lock: {on: cabinet, kind: items, items: [crank, gear], consumes: true}
clockcase_lock: {on: clockcase, kind: trust, trust: {person: butler, statistic: trust, at_least: 25}}
""",
    "clues.yaml": """\
draught: {on: [examined: vase]}
quarrel: {}
""",
    "effects.yaml": """\
tipsy: {stacks: count, most: 2, each_turn: [add: {player.suspicion: condition.tipsy.strength}]}
calm: {stacks: extend}
cold: {stacks: keep}
""",
    "rules.yaml": """\
watched: {on: [heard: butler], once: false, effects: [add: {player.suspicion: 1}]}
storm: {on: [due], effects: [say: thunder, set: {flag.warned: true}]}
forecast: {on: [examined: wardrobe], effects: [schedule: {rule: storm, in: 3}]}
calmed: {on: [examined: bell], effects: [cancel: storm]}
dawn: {on: [day_began], effects: [set: {flag.dawned: true}]}
""",
    "night.yaml": """\
agenda:
  butler_searches:
    who: butler
    at: hall
    priority: 10
    when: person.butler.noticed >= 1
    effects: [say: steps, set: {flag.searched: true}]
  butler_dozes:
    who: butler
    effects: [say: snore]
  wind:
    effects: [say: wind]
overheard:
  quarrel_in_study:
    at: study
    when: person.butler.place == 'study'
    effects: [say: {line: mutter, by: butler}, reveal: quarrel]
""",
    "lore.yaml": """\
budget: 12
entries:
  house: {priority: 2}
  hall_lore: {place: hall, priority: 3}
  secret: {when: clue.quarrel, priority: 9}
""",
    "endings.yaml": """\
confession: {kind: victory, earned: true, trigger: action, when: flag.sealed}
fled: {kind: failure, trigger: night, when: "player.suspicion >= 90"}
over: {kind: failure, trigger: time}
""",
}

_TEXT = """\
pack: {title: 저택, summary: 짧다, opening: 문이 닫힌다}
place:
  hall: {name: 홀, description: 높다}
  study: {name: 서재, description: 좁다}
  cellar: {name: 지하실, description: 춥다}
  garden: {name: 뜰, description: 넓다}
door:
  hatch: {name: 덮개문, description: 무겁다}
item:
  wardrobe: {name: 옷장, description: 크다}
  vase: {name: 꽃병, description: 찬 바람이 닿는다}
  bell: {name: 종, description: 작다}
  gong: {name: 징, description: 둥글다}
  safe: {name: 금고, description: 단단하다}
  crate: {name: 나무 상자, description: 낡았다}
  cabinet: {name: 진열장, description: 높다}
  clockcase: {name: 시계장, description: 길다}
  crank: {name: 손잡이, description: 휘었다}
  gear: {name: 톱니, description: 닳았다}
  wine: {name: 포도주, description: 붉다}
  tea: {name: 차, description: 따뜻하다}
  ice: {name: 얼음, description: 차다}
person:
  butler:
    name: 집사
    description: 꼿꼿하다
    persona: 말수가 적은 집사
    greeting: 무슨 일이십니까
    topic:
      master: {name: 주인, line: 주무십니다}
      cellar: {name: 지하, line: 가지 마십시오}
    reaction: {shrug: 글쎄요, yields: 알겠습니다, believes: 그렇습니까, scoffs: 그뿐입니까, confesses: 제가 했습니다}
  maid: {name: 하녀, description: 바쁘다, persona: 말이 많다, greeting: 네}
clue:
  draught: {name: 바람, text: 꽃병 뒤에서 바람이 든다}
  quarrel: {name: 다툼, text: 서재에서 다투는 소리가 났다}
condition:
  tipsy: {name: 취기}
  calm: {name: 평온}
  cold: {name: 오한}
statistic:
  suspicion: {name: 의심}
ending:
  confession: {name: 자백, epilogue: 밝혀졌다}
  fled: {name: 도주, epilogue: 쫓겨났다}
  over: {name: 끝, epilogue: 끝났다}
lore:
  house: {text: 오래된 집이다}
  hall_lore: {text: 홀은 춥다}
  secret: {text: 형제가 다퉜다}
line: {click: 찰칵, thunder: 천둥이 친다, steps: 발소리가 난다, snore: 코 고는 소리, wind: 바람이 분다, mutter: 그 편지는 태워야 해}
"""


def manor_files(**changed: str) -> dict[str, str]:
    """The pack's files; a keyword such as `night="…"` takes the place of `night.yaml`."""
    files = {**_FILES, "text/ko.yaml": _TEXT, "text/en.yaml": _TEXT}
    return files | {f"{name}.yaml": text for name, text in changed.items()}


def manor_pack() -> Pack:
    """The pack, compiled."""
    return compile_pack(manor_files())
