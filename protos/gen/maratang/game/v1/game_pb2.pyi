import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Game(_message.Message):
    __slots__ = ("game_id", "scenario_id", "pack_hash", "branch_id", "turn", "status", "opening", "view", "ending", "locale", "create_time", "update_time")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Game.Status]
        ACTIVE: _ClassVar[Game.Status]
        ENDED: _ClassVar[Game.Status]
        SUSPENDED: _ClassVar[Game.Status]
    UNSPECIFIED: Game.Status
    ACTIVE: Game.Status
    ENDED: Game.Status
    SUSPENDED: Game.Status
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    PACK_HASH_FIELD_NUMBER: _ClassVar[int]
    BRANCH_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OPENING_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    ENDING_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    scenario_id: str
    pack_hash: str
    branch_id: str
    turn: int
    status: Game.Status
    opening: Turn
    view: View
    ending: Ending
    locale: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, game_id: _Optional[str] = ..., scenario_id: _Optional[str] = ..., pack_hash: _Optional[str] = ..., branch_id: _Optional[str] = ..., turn: _Optional[int] = ..., status: _Optional[_Union[Game.Status, str]] = ..., opening: _Optional[_Union[Turn, _Mapping]] = ..., view: _Optional[_Union[View, _Mapping]] = ..., ending: _Optional[_Union[Ending, _Mapping]] = ..., locale: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Turn(_message.Message):
    __slots__ = ("game_id", "branch_id", "turn", "parent", "text", "command", "events", "lines", "telling", "view", "durability", "ending", "clarify", "refusal")
    class Durability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Turn.Durability]
        LOCAL: _ClassVar[Turn.Durability]
        REPLICATED: _ClassVar[Turn.Durability]
    UNSPECIFIED: Turn.Durability
    LOCAL: Turn.Durability
    REPLICATED: Turn.Durability
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    BRANCH_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TELLING_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    ENDING_FIELD_NUMBER: _ClassVar[int]
    CLARIFY_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    branch_id: str
    turn: int
    parent: int
    text: str
    command: Command
    events: _containers.RepeatedCompositeFieldContainer[Event]
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    telling: Telling
    view: View
    durability: Turn.Durability
    ending: Ending
    clarify: Clarify
    refusal: Refusal
    def __init__(self, game_id: _Optional[str] = ..., branch_id: _Optional[str] = ..., turn: _Optional[int] = ..., parent: _Optional[int] = ..., text: _Optional[str] = ..., command: _Optional[_Union[Command, _Mapping]] = ..., events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ..., telling: _Optional[_Union[Telling, _Mapping]] = ..., view: _Optional[_Union[View, _Mapping]] = ..., durability: _Optional[_Union[Turn.Durability, str]] = ..., ending: _Optional[_Union[Ending, _Mapping]] = ..., clarify: _Optional[_Union[Clarify, _Mapping]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ...) -> None: ...

class Line(_message.Message):
    __slots__ = ("speaker", "text")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    text: str
    def __init__(self, speaker: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Telling(_message.Message):
    __slots__ = ("text", "lines", "told_by", "model", "checks")
    class ToldBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Telling.ToldBy]
        LORA: _ClassVar[Telling.ToldBy]
        BASE: _ClassVar[Telling.ToldBy]
        TEMPLATE: _ClassVar[Telling.ToldBy]
    UNSPECIFIED: Telling.ToldBy
    LORA: Telling.ToldBy
    BASE: Telling.ToldBy
    TEMPLATE: Telling.ToldBy
    class Check(_message.Message):
        __slots__ = ("name", "passed")
        NAME_FIELD_NUMBER: _ClassVar[int]
        PASSED_FIELD_NUMBER: _ClassVar[int]
        name: str
        passed: bool
        def __init__(self, name: _Optional[str] = ..., passed: _Optional[bool] = ...) -> None: ...
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TOLD_BY_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    text: str
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    told_by: Telling.ToldBy
    model: str
    checks: _containers.RepeatedCompositeFieldContainer[Telling.Check]
    def __init__(self, text: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ..., told_by: _Optional[_Union[Telling.ToldBy, str]] = ..., model: _Optional[str] = ..., checks: _Optional[_Iterable[_Union[Telling.Check, _Mapping]]] = ...) -> None: ...

class Command(_message.Message):
    __slots__ = ("verb", "object", "target", "topic", "code", "clues")
    class Verb(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Command.Verb]
        LOOK: _ClassVar[Command.Verb]
        INVENTORY: _ClassVar[Command.Verb]
        STATUS: _ClassVar[Command.Verb]
        MAP: _ClassVar[Command.Verb]
        NOTES: _ClassVar[Command.Verb]
        HELP: _ClassVar[Command.Verb]
        MOVE: _ClassVar[Command.Verb]
        SEARCH: _ClassVar[Command.Verb]
        EXAMINE: _ClassVar[Command.Verb]
        TAKE: _ClassVar[Command.Verb]
        DROP: _ClassVar[Command.Verb]
        GIVE: _ClassVar[Command.Verb]
        SHOW: _ClassVar[Command.Verb]
        USE: _ClassVar[Command.Verb]
        COMBINE: _ClassVar[Command.Verb]
        OPEN: _ClassVar[Command.Verb]
        CLOSE: _ClassVar[Command.Verb]
        UNLOCK: _ClassVar[Command.Verb]
        READ: _ClassVar[Command.Verb]
        TALK: _ClassVar[Command.Verb]
        PERSUADE: _ClassVar[Command.Verb]
        LIE: _ClassVar[Command.Verb]
        ACCUSE: _ClassVar[Command.Verb]
        HIDE: _ClassVar[Command.Verb]
        LISTEN: _ClassVar[Command.Verb]
        FOLLOW: _ClassVar[Command.Verb]
        WAIT: _ClassVar[Command.Verb]
        SLEEP: _ClassVar[Command.Verb]
    UNSPECIFIED: Command.Verb
    LOOK: Command.Verb
    INVENTORY: Command.Verb
    STATUS: Command.Verb
    MAP: Command.Verb
    NOTES: Command.Verb
    HELP: Command.Verb
    MOVE: Command.Verb
    SEARCH: Command.Verb
    EXAMINE: Command.Verb
    TAKE: Command.Verb
    DROP: Command.Verb
    GIVE: Command.Verb
    SHOW: Command.Verb
    USE: Command.Verb
    COMBINE: Command.Verb
    OPEN: Command.Verb
    CLOSE: Command.Verb
    UNLOCK: Command.Verb
    READ: Command.Verb
    TALK: Command.Verb
    PERSUADE: Command.Verb
    LIE: Command.Verb
    ACCUSE: Command.Verb
    HIDE: Command.Verb
    LISTEN: Command.Verb
    FOLLOW: Command.Verb
    WAIT: Command.Verb
    SLEEP: Command.Verb
    VERB_FIELD_NUMBER: _ClassVar[int]
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CLUES_FIELD_NUMBER: _ClassVar[int]
    verb: Command.Verb
    object: str
    target: str
    topic: str
    code: str
    clues: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, verb: _Optional[_Union[Command.Verb, str]] = ..., object: _Optional[str] = ..., target: _Optional[str] = ..., topic: _Optional[str] = ..., code: _Optional[str] = ..., clues: _Optional[_Iterable[str]] = ...) -> None: ...

class Action(_message.Message):
    __slots__ = ("label", "command")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    label: str
    command: Command
    def __init__(self, label: _Optional[str] = ..., command: _Optional[_Union[Command, _Mapping]] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("kind", "subject", "object", "place", "value")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Event.Kind]
        BEGAN: _ClassVar[Event.Kind]
        MOVED: _ClassVar[Event.Kind]
        SEARCHED: _ClassVar[Event.Kind]
        FOUND: _ClassVar[Event.Kind]
        EXAMINED: _ClassVar[Event.Kind]
        TAKEN: _ClassVar[Event.Kind]
        DROPPED: _ClassVar[Event.Kind]
        GIVEN: _ClassVar[Event.Kind]
        SHOWN: _ClassVar[Event.Kind]
        USED: _ClassVar[Event.Kind]
        CONSUMED: _ClassVar[Event.Kind]
        STATE_CHANGED: _ClassVar[Event.Kind]
        OPENED: _ClassVar[Event.Kind]
        CLOSED: _ClassVar[Event.Kind]
        UNLOCKED: _ClassVar[Event.Kind]
        UNLOCK_FAILED: _ClassVar[Event.Kind]
        LOCKED: _ClassVar[Event.Kind]
        READ: _ClassVar[Event.Kind]
        TALKED: _ClassVar[Event.Kind]
        LEARNT: _ClassVar[Event.Kind]
        STATISTIC_CHANGED: _ClassVar[Event.Kind]
        PHASE_CHANGED: _ClassVar[Event.Kind]
        MOOD_CHANGED: _ClassVar[Event.Kind]
        CONDITION_STARTED: _ClassVar[Event.Kind]
        CONDITION_ENDED: _ClassVar[Event.Kind]
        WAITED: _ClassVar[Event.Kind]
        SLEPT: _ClassVar[Event.Kind]
        TIME_PASSED: _ClassVar[Event.Kind]
        DAY_BEGAN: _ClassVar[Event.Kind]
        HAPPENED: _ClassVar[Event.Kind]
        ENDED: _ClassVar[Event.Kind]
        HID: _ClassVar[Event.Kind]
        LISTENED: _ClassVar[Event.Kind]
        COMBINED: _ClassVar[Event.Kind]
        ACCUSED: _ClassVar[Event.Kind]
    UNSPECIFIED: Event.Kind
    BEGAN: Event.Kind
    MOVED: Event.Kind
    SEARCHED: Event.Kind
    FOUND: Event.Kind
    EXAMINED: Event.Kind
    TAKEN: Event.Kind
    DROPPED: Event.Kind
    GIVEN: Event.Kind
    SHOWN: Event.Kind
    USED: Event.Kind
    CONSUMED: Event.Kind
    STATE_CHANGED: Event.Kind
    OPENED: Event.Kind
    CLOSED: Event.Kind
    UNLOCKED: Event.Kind
    UNLOCK_FAILED: Event.Kind
    LOCKED: Event.Kind
    READ: Event.Kind
    TALKED: Event.Kind
    LEARNT: Event.Kind
    STATISTIC_CHANGED: Event.Kind
    PHASE_CHANGED: Event.Kind
    MOOD_CHANGED: Event.Kind
    CONDITION_STARTED: Event.Kind
    CONDITION_ENDED: Event.Kind
    WAITED: Event.Kind
    SLEPT: Event.Kind
    TIME_PASSED: Event.Kind
    DAY_BEGAN: Event.Kind
    HAPPENED: Event.Kind
    ENDED: Event.Kind
    HID: Event.Kind
    LISTENED: Event.Kind
    COMBINED: Event.Kind
    ACCUSED: Event.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    kind: Event.Kind
    subject: str
    object: str
    place: str
    value: str
    def __init__(self, kind: _Optional[_Union[Event.Kind, str]] = ..., subject: _Optional[str] = ..., object: _Optional[str] = ..., place: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Ending(_message.Message):
    __slots__ = ("ending_id", "title", "kind")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Ending.Kind]
        VICTORY: _ClassVar[Ending.Kind]
        FAILURE: _ClassVar[Ending.Kind]
        SECRET: _ClassVar[Ending.Kind]
    UNSPECIFIED: Ending.Kind
    VICTORY: Ending.Kind
    FAILURE: Ending.Kind
    SECRET: Ending.Kind
    ENDING_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ending_id: str
    title: str
    kind: Ending.Kind
    def __init__(self, ending_id: _Optional[str] = ..., title: _Optional[str] = ..., kind: _Optional[_Union[Ending.Kind, str]] = ...) -> None: ...

class Clarify(_message.Message):
    __slots__ = ("question", "choices")
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    question: str
    choices: _containers.RepeatedCompositeFieldContainer[Action]
    def __init__(self, question: _Optional[str] = ..., choices: _Optional[_Iterable[_Union[Action, _Mapping]]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    def __init__(self, lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ...) -> None: ...

class View(_message.Message):
    __slots__ = ("turn", "day", "days", "slot", "slots", "phase", "place", "items", "people", "inventory", "statistics", "conditions")
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[View.Phase]
        DAY: _ClassVar[View.Phase]
        EVENING: _ClassVar[View.Phase]
        NIGHT: _ClassVar[View.Phase]
        ENDED: _ClassVar[View.Phase]
    UNSPECIFIED: View.Phase
    DAY: View.Phase
    EVENING: View.Phase
    NIGHT: View.Phase
    ENDED: View.Phase
    class Place(_message.Message):
        __slots__ = ("place_id", "name", "description", "exits")
        PLACE_ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
        EXITS_FIELD_NUMBER: _ClassVar[int]
        place_id: str
        name: str
        description: str
        exits: _containers.RepeatedCompositeFieldContainer[View.Exit]
        def __init__(self, place_id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., exits: _Optional[_Iterable[_Union[View.Exit, _Mapping]]] = ...) -> None: ...
    class Exit(_message.Message):
        __slots__ = ("place_id", "name", "open", "locked")
        PLACE_ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        OPEN_FIELD_NUMBER: _ClassVar[int]
        LOCKED_FIELD_NUMBER: _ClassVar[int]
        place_id: str
        name: str
        open: bool
        locked: bool
        def __init__(self, place_id: _Optional[str] = ..., name: _Optional[str] = ..., open: _Optional[bool] = ..., locked: _Optional[bool] = ...) -> None: ...
    class Item(_message.Message):
        __slots__ = ("item_id", "name", "state")
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        STATE_FIELD_NUMBER: _ClassVar[int]
        item_id: str
        name: str
        state: str
        def __init__(self, item_id: _Optional[str] = ..., name: _Optional[str] = ..., state: _Optional[str] = ...) -> None: ...
    class Person(_message.Message):
        __slots__ = ("person_id", "name", "status", "mood")
        PERSON_ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        STATUS_FIELD_NUMBER: _ClassVar[int]
        MOOD_FIELD_NUMBER: _ClassVar[int]
        person_id: str
        name: str
        status: str
        mood: str
        def __init__(self, person_id: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[str] = ..., mood: _Optional[str] = ...) -> None: ...
    class Statistic(_message.Message):
        __slots__ = ("key", "name", "value", "max")
        KEY_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        MAX_FIELD_NUMBER: _ClassVar[int]
        key: str
        name: str
        value: int
        max: int
        def __init__(self, key: _Optional[str] = ..., name: _Optional[str] = ..., value: _Optional[int] = ..., max: _Optional[int] = ...) -> None: ...
    class Condition(_message.Message):
        __slots__ = ("name", "until")
        NAME_FIELD_NUMBER: _ClassVar[int]
        UNTIL_FIELD_NUMBER: _ClassVar[int]
        name: str
        until: int
        def __init__(self, name: _Optional[str] = ..., until: _Optional[int] = ...) -> None: ...
    TURN_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    turn: int
    day: int
    days: int
    slot: int
    slots: int
    phase: View.Phase
    place: View.Place
    items: _containers.RepeatedCompositeFieldContainer[View.Item]
    people: _containers.RepeatedCompositeFieldContainer[View.Person]
    inventory: _containers.RepeatedCompositeFieldContainer[View.Item]
    statistics: _containers.RepeatedCompositeFieldContainer[View.Statistic]
    conditions: _containers.RepeatedCompositeFieldContainer[View.Condition]
    def __init__(self, turn: _Optional[int] = ..., day: _Optional[int] = ..., days: _Optional[int] = ..., slot: _Optional[int] = ..., slots: _Optional[int] = ..., phase: _Optional[_Union[View.Phase, str]] = ..., place: _Optional[_Union[View.Place, _Mapping]] = ..., items: _Optional[_Iterable[_Union[View.Item, _Mapping]]] = ..., people: _Optional[_Iterable[_Union[View.Person, _Mapping]]] = ..., inventory: _Optional[_Iterable[_Union[View.Item, _Mapping]]] = ..., statistics: _Optional[_Iterable[_Union[View.Statistic, _Mapping]]] = ..., conditions: _Optional[_Iterable[_Union[View.Condition, _Mapping]]] = ...) -> None: ...
