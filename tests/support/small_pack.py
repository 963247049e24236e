"""A pack small enough to know by heart, with one of everything that the rules can do."""

from services.game.packs.compiler import compile_pack
from services.game.rules.pack import Pack

_FILES = {
    "pack.yaml": """\
id: small
version: 1.0.0
rating: all
days: 2
slots_per_day: 4
evening_from: 3
start: cell
sleep_when: clock.phase == 'evening'
statistics:
  nerve: {initial: 50, min: 0, max: 60, shown: true}
flags: {alarm: false}
vars:
  noise: {initial: 0, min: 0, max: 3}
""",
    "places.yaml": """\
places:
  cell:
    descriptions:
      - {when: flag.alarm, text: loud}
    exits:
      - {to: yard, door: gate}
      - {to: attic, when: item.ladder.state == 'up'}
  yard:
    exits:
      - {to: cell, door: gate}
  attic:
    exits:
      - {to: cell, slots: 2}
doors:
  gate: {}
""",
    "items.yaml": """\
chest: {in: cell, portable: false, container: }
coin: {in: chest}
rug: {in: cell, portable: false}
key: {in: rug, hidden: true}
book: {in: cell, readable: true}
wire: {in: player, uses: [{verb: combine, on: stick, text: hook, consumes: true, effects: [{take: stick}, {give: hook}]}]}
stick: {in: player}
hook: {in: gone}
ladder:
  in: cell
  portable: false
  states: [down, up]
  uses:
    - when: item.ladder.state == 'down'
      effects: [set: {item.ladder.state: up}]
bell:
  in: cell
  portable: false
  uses:
    - slots: 0
      effects:
        - set: {flag.alarm: true}
        - add: {var.noise: 2, player.nerve: 30}
potion:
  in: player
  uses: [{consumes: true, effects: [start: {condition: giddy, turns: 2}]}]
die:
  in: player
  uses:
    - effects:
        - chance: 50
          label: toss
          then: [add: {var.noise: 1}]
          else: [add: {player.nerve: -1}]
""",
    "people.yaml": """\
guard:
  in: yard
  statistics: {favour: {initial: 10, min: 0, max: 100, cap: 25}}
  moods: [calm, cross]
  phases:
    stern: {}
    friendly:
      enter_when: person.guard.favour >= 30
      leave_when: person.guard.favour < 20
      adapter: guard-friendly
  schedule:
    - {slot: 3, in: cell}
    - {day: 2, slot: 1, in: yard}
  topics:
    weather: {once: true, effects: [add: {person.guard.favour: 90}]}
    insult: {effects: [add: {person.guard.favour: -20}, set: {person.guard.mood: cross}]}
    secret: {when: person.guard.phase == 'friendly', effects: [reveal: {clue: tunnel, from: guard}]}
  reactions:
    - {give: coin, text: thanks, effects: [inform: {guard: bribe}]}
    - {show: any, text: hm}
""",
    "locks.yaml": """\
gate_lock: {on: gate, kind: key, keys: [key]}
chest_lock:
  on: chest
  kind: code
  code: "31"
  known_by: number
  attempts: 2
  on_fail: [add: {var.noise: 1}]
  on_open: [say: click]
""",
    "clues.yaml": """\
number: {on: [read: book]}
tunnel: {}
bribe: {}
loud: {when: var.noise >= 3}
""",
    "effects.yaml": """\
giddy: {blocks: [move], turns: 5}
""",
    "rules.yaml": """\
echo:
  on: [flag_set: alarm]
  priority: 5
  effects: [say: {line: who_is_there, by: guard}]
again:
  on: [waited]
  once: false
  effects: [add: {var.noise: 1}]
""",
    "endings.yaml": """\
freed: {kind: victory, trigger: action, when: "player.place == 'yard' && clue.tunnel"}
caught: {kind: failure, trigger: tick, when: "var.noise >= 3 && flag.alarm"}
forgotten: {kind: failure, trigger: time}
dreamt: {kind: secret, trigger: night, when: item.hook.carried}
""",
}

_TEXT = """\
pack: {title: 작은 집, summary: 짧다, opening: 눈을 뜬다}
place:
  cell: {name: 감방, description: 좁다, descriptions: {loud: 시끄럽다}}
  yard: {name: 마당, description: 넓다}
  attic: {name: 다락, description: 어둡다}
door:
  gate: {name: 철문, description: 녹슬었다, refuse: {locked: 문은 꿈쩍도 하지 않는다}}
item:
  chest: {name: 궤짝, description: 무겁다}
  coin: {name: 동전, description: 반짝인다}
  rug: {name: 깔개, description: 낡았다}
  key: {name: 열쇠, description: 작다, on: {taken: 열쇠가 손에 들어온다}}
  book: {name: 책, description: 두껍다, read: 서른하나}
  wire: {name: 철사, description: 가늘다, use: {hook: 갈고리를 만든다}}
  stick: {name: 막대, description: 길다}
  hook: {name: 갈고리, description: 뾰족하다}
  ladder: {name: 사다리, description: 길다}
  bell: {name: 종, description: 크다}
  potion: {name: 물약, description: 쓰다}
  die: {name: 주사위, description: 여섯 면이다}
person:
  guard:
    name: 간수
    description: 졸고 있다
    persona: 졸린 사람
    greeting: 뭐요
    mood: {calm: 느긋하다, cross: 언짢다}
    phase:
      stern: {style: 무뚝뚝하다}
      friendly: {style: 다정하다, greeting: 오셨소, enter: 간수가 웃는다}
    topic:
      weather: {name: 날씨, line: 맑군요}
      insult: {name: 욕, line: 흥}
      secret: {name: 비밀, line: 굴이 있소}
    reaction: {thanks: 고맙소, hm: 음}
clue:
  number: {name: 숫자, text: 서른하나다}
  tunnel: {name: 굴, text: 굴이 있다}
  bribe: {name: 뇌물, text: 받았다}
  loud: {name: 소란, text: 너무 시끄러웠다}
condition:
  giddy: {name: 어지러움}
statistic:
  nerve: {name: 담력}
ending:
  freed: {name: 자유, epilogue: 나왔다}
  caught: {name: 발각, epilogue: 들켰다}
  forgotten: {name: 망각, epilogue: 잊혔다}
  dreamt: {name: 꿈, epilogue: 꿈이었다}
line:
  click: 찰칵
  who_is_there: 거기 누구요
"""


def small_files(**changed: str) -> dict[str, str]:
    """The pack's files; a keyword such as `items="…"` takes the place of `items.yaml`."""
    files = {**_FILES, "text/ko.yaml": _TEXT, "text/en.yaml": _TEXT}
    return files | {f"{name}.yaml": text for name, text in changed.items()}


def small_pack() -> Pack:
    """The pack, compiled."""
    return compile_pack(small_files())
