"""Cases that no descriptor thinks of."""

from collections.abc import Iterator
from datetime import timedelta

import grpc

from services.chassis import errors
from services.chassis.errors import Violation
from tests.support.conformance.asked import Case, Reply
from tests.support.conformance.generated import refused
from tests.support.odd import odd

_SAME = ""
_JSON = (("content-type", "application/json"),)
TOO_LONG = b'{"aString":"' + b"x" * 16 * 1024 + b'"}'

QUERIES: dict[str, tuple[str, ...]] = {
    _SAME: (
        "a_string=x", "aString=x", "aString=a%20b", "aString=%2B", "aString=%EB%AC%B8", "aString=문", "aString=", "aString", "aString=a=b",
        "aInt32=5", "aInt32=-5", "aInt32=x", "aInt32=5.0", "aInt32=1e2", "aInt32=", "aInt32=0x10", "aInt32=%205", "aInt32=2147483648",
        "aInt64=9223372036854775807", "aInt64=9223372036854775808", "aUint64=18446744073709551615", "aUint64=-1", "aBool=true",
        "aBool=false", "aBool=", "aDouble=0.5", "aDouble=NaN", "aDouble=Infinity", "aDouble=-Infinity", "aFloat=1e39",
        "colour=RED", "colour=1", "colour=9", "colour=red", "colour=", "manyInt32=1&manyInt32=2", "many_int32=1&manyInt32=2",
        "manyString=a&manyString=", "colours=RED&colours=2", "child.aInt32=3", "child.child.aString=x", "child.manyInt32=1", "child=x",
        "time=2026-01-02T03:04:05Z", "time=2026-01-02T03:04:05.5%2B09:00", "time=x", "span=1.5s", "span=x", "mask=aBool,child.aInt32",
        "wrapped=7", "wrapped=x", "wrappedBool=true", "wrappedString=a", "wrappedDouble=1", "wrappedBytes=AQI%3D", "value=1", "struct=x",
        "struct.a=1", "counts=x", "counts.a=1", "counts[a]=1", "any=x", "nothing=null", "left=a", "left=a&right=b", "neither=x",
        "both.aInt32=1", "maybe=0", "maybe=", "maybeText=", "&&aInt32=1&", "unknown=1", "child.unknown=1", "aBytes=AQI%3D", "aBytes=AQI",
        "aBytes=_w", "aBytes=%2A", "a-name=x", "named=x", "class=x", "aString=%", "aString=%zz", "aString=%E",
    ),
    "a plus in a query is a space": ("aString=a+b",),
    "a value has one JSON form": ("aBool=1", "aBool=TRUE", "aBool=yes", "aInt32=%2B5"),
    "a parameter without a name is unknown": ("=x",),
    "what is said twice is refused": ("aInt32=1&aInt32=2", "aString=a&a_string=b"),
    "a repeated message has no form in a query": ("children.aInt32=1", "manyTimes=2026-01-02T03:04:05Z", "manyWrapped=x"),
    "texts are UTF-8": ("aString=%FF",),
    "no text of a query holds a NUL": ("aString=%00",),
}  # fmt: skip

BODIES: dict[str, tuple[str, ...]] = {
    _SAME: (
        "", "{}", " {} ", "{", "[]", "null", '"x"', "5", "{} {}", '{"aInt32":5}', '{"a_int32":5}', '{"aInt32":"5"}', '{"aInt32":5.0}',
        '{"aInt32":5.5}', '{"aInt32":1e2}', '{"aInt32":true}', '{"aInt32":null}', '{"aInt32":"x"}', '{"aInt32":2147483648}',
        '{"aInt32":-2147483648}', '{"aInt64":"9223372036854775807"}', '{"aInt64":9223372036854775807}', '{"aInt64":9007199254740993}',
        '{"aInt64":"9223372036854775808"}', '{"aUint64":"18446744073709551615"}', '{"aUint64":-1}', '{"aSint64":"-1"}',
        '{"aFixed32":4294967295}', '{"aDouble":"NaN"}', '{"aDouble":"1.5"}', '{"aDouble":1e999}', '{"aDouble":"Infinity"}',
        '{"aFloat":1e39}', '{"aFloat":0.1}', '{"aBool":false}', '{"aBool":1}', '{"aString":5}', '{"aString":"문 \\n\\u0041"}',
        '{"aString":"\\ud800"}', '{"aString":"\\ud83d\\udd11"}', '{"aBytes":"AQI="}', '{"aBytes":"AQI"}', '{"aBytes":"_-8"}',
        '{"aBytes":"*"}', '{"colour":"RED"}', '{"colour":1}', '{"colour":"BLUE"}', '{"colour":"red"}', '{"colour":null}',
        '{"colours":["RED",2]}', '{"manyInt32":[1,"2"]}', '{"manyInt32":[]}', '{"manyInt32":null}', '{"manyInt32":{}}',
        '{"time":"2026-01-02T03:04:05.123456789Z"}', '{"time":"2026-01-02T03:04:05+09:00"}', '{"time":"x"}', '{"time":5}',
        '{"time":null}', '{"span":"1.5s"}', '{"span":"-0.000000001s"}', '{"span":"x"}', '{"span":1}', '{"mask":"aBool,child.aInt32"}',
        '{"mask":""}', '{"nothing":null}', '{"wrapped":"7"}', '{"wrapped":7}', '{"wrapped":null}', '{"wrapped":"x"}',
        '{"wrappedBool":false}', '{"wrappedString":""}', '{"wrappedBytes":"AQ=="}', '{"wrappedDouble":"NaN"}', '{"wrappedUint32":-1}',
        '{"struct":{"a":[1,null,"x",{"b":true}]}}', '{"struct":{}}', '{"struct":[]}', '{"value":null}', '{"value":5}', '{"value":"x"}',
        '{"value":{"a":[]}}', '{"list":[1,[2]]}', '{"list":[]}', '{"child":{"child":{"aInt32":1}}}', '{"child":{}}', '{"child":null}',
        '{"child":[]}', '{"child":"x"}', '{"children":[{},{"aInt32":1}]}', '{"children":["x"]}', '{"counts":{"a":1,"b":"2"}}',
        '{"counts":{}}', '{"counts":[]}', '{"counts":{"a":"x"}}', '{"flags":{"true":"x","false":""}}', '{"flags":{"maybe":"x"}}',
        '{"nested":{"3":{"aString":"y"}}}', '{"nested":{"x":{}}}', '{"coloursByName":{"a":"RED"}}', '{"coloursByName":{"a":"BLUE"}}',
        '{"bytesByNumber":{"-1":"AQ=="}}', '{"times":{"a":"2026-01-02T03:04:05Z"}}', '{"left":"a"}', '{"left":""}',
        '{"left":"a","right":"b"}', '{"both":{"aInt32":1}}', '{"both":{}}', '{"neither":"x"}', '{"maybe":0}', '{"maybe":null}',
        '{"maybeText":""}', '{"a-name":"x"}', '{"named":"x"}', '{"class":"x"}', '{"aInt32":1}x', '{"aInt32":01}', '{"aInt32":+1}',
        '{"aInt32":.5}', "// c\n{}", '{"aInt32":1}\n', '{"manyTimes":["2026-01-02T03:04:05Z"]}', '{"manyWrapped":["a"]}',
        '{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}', '{"any":{"@type":"x"}}', '{"any":{}}',
    ),
    "unknown fields are refused": ('{"unknown":1}', '{"child":{"unknown":1}}', '{"children":[{"unknown":{}}]}'),
    "a value has one JSON form": (
        '{"aBool":"true"}', '{"colour":"1"}', '{"colours":"RED"}', '{"manyInt32":1}', '{"mask":"a_bool"}', '{"list":{}}', '{"children":{}}',
        '{"wrapped":{}}',
    ),
    "an enum has the values of the contract": ('{"colour":9}', '{"colours":[9]}'),
    "null is no element": ('{"manyInt32":[1,null]}', '{"children":[null]}', '{"manyWrapped":[null]}', '{"counts":{"a":null}}'),
    "what is said twice is refused": ('{"aInt32":1,"aInt32":2}', '{"aInt32":1,"a_int32":2}'),
    "JSON is RFC 8259": ("{'aInt32':1}", "{aInt32:1}", '{"aInt32":1,}'),
    "no text of a body holds a NUL": ('{"aString":"a\\u0000b"}',),
}  # fmt: skip

PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    _SAME: (
        ("GET", "/odd/path/a"), ("GET", "/odd/path/a%20b"), ("GET", "/odd/path/a%2Fb"), ("GET", "/odd/path/a%252Fb"),
        ("GET", "/odd/path/%EB%AC%B8"), ("GET", "/odd/path/a+b"), ("GET", "/odd/path/a:b"), ("GET", "/odd/path/a:verb"),
        ("GET", "/odd/path/a%3Averb"), ("GET", "/odd/path/a:b:verb"), ("GET", "/odd/path/literal"), ("GET", "/odd/path/literal:verb"),
        ("GET", "/odd/path/a;b=c"), ("GET", "/odd/path/a,b@c!$&'()*"), ("GET", "/odd/path/%"), ("GET", "/odd/path/%zz"),
        ("GET", "/odd/path/a?aInt32=5"), ("GET", "/odd/path/.."), ("GET", "/odd/path/."), ("GET", "/odd/path/%2E%2E"),
        ("GET", "/odd/path/~a-_."), ("DELETE", "/odd/path/a"), ("PURGE", "/odd/path/a"), ("GET", "/odd/numbers/5/-6/7/0.5/true/RED"),
        ("GET", "/odd/numbers/5/-6/7/1e3/false/2"), ("GET", "/odd/numbers/x/6/7/8/true/RED"), ("GET", "/odd/numbers/5/6/7/8/maybe/RED"),
        ("GET", "/odd/numbers/5/6/7/8/true/BLUE"), ("GET", "/odd/numbers/5/6/-7/8/true/RED"), ("GET", "/odd/bytes/AQI="),
        ("GET", "/odd/bytes/_-8"), ("GET", "/odd/deep/x/5"), ("GET", "/odd/deep/x/5?child.aBool=true"),
        ("GET", "/odd/books/shelves/1/books/2"), ("GET", "/odd/books/shelves/a%20b/books/c"), ("GET", "/odd/rest/a"),
        ("GET", "/odd/rest/a/b/c"), ("GET", "/odd/rest/a%20b/c"), ("GET", "/odd/rest/a%2Fb/c"), ("GET", "/odd/wild/anything/x"),
        ("GET", "/odd"), ("GET", "/odd/path/a/b"), ("GET", "/odd/path//a"), ("GET", "//odd/path/a"), ("GET", "/ODD/path/a"),
        ("POST", "/tests.odd.Odd/Echo"), ("GET", "/odd/books/shelves/1"), ("GET", "/v2/games"), ("GET", "/odd/numbers/5"),
        ("GET", "/odd/echo:verb"), ("GET", "/odd/documents/"), ("BREW", "/odd/echo"),
    ),
    "a slash at the end is another path": (("GET", "/odd/path/a/"), ("GET", "/odd/echo/")),
    "a known path has other methods": (
        ("POST", "/odd/path/a"), ("PUT", "/odd/path/a"), ("DELETE", "/odd/echo"), ("PATCH", "/v1/games"), ("POST", "/v1/games/g/view"),
        ("TRACE", "/odd/echo"),
    ),
    "OPTIONS says what a path takes": (("OPTIONS", "/odd/echo"), ("OPTIONS", "/v1/games/g")),
    "HEAD is a GET without a body": (("HEAD", "/odd/echo"), ("HEAD", "/odd/path/a")),
    "texts are UTF-8": (("GET", "/odd/path/%FF"),),
}  # fmt: skip


def picked() -> Iterator[Case]:
    """All of them."""
    for row, queries in QUERIES.items():
        for query in queries:
            raw = query.encode().decode("latin-1")
            yield Case(name=f"query {query}", method="GET", path=f"/odd/echo?{raw}", differs=row)
    for row, bodies in BODIES.items():
        for body in bodies:
            yield Case(name=f"body {body}", method="POST", path="/odd/echo", body=body.encode(), differs=row)
    for row, paths in PATHS.items():
        for method, path in paths:
            yield Case(name=f"{method} {path}", method=method, path=path, differs=row)
    yield from _of_bodies()
    yield from _of_headers()
    yield from _of_failures()
    yield from _of_streams()


def _of_bodies() -> Iterator[Case]:
    plain = (("content-type", "text/plain"),)
    for name, headers in {"a text": plain, "a form": (("content-type", "application/x-www-form-urlencoded"),), "nothing": ()}.items():
        yield Case(
            name=f"a body of {name}", method="POST", path="/odd/echo", body=b"{}", headers=headers, differs="a body is JSON and says so"
        )
    yield Case(name="no body of no kind", method="POST", path="/odd/echo", headers=())
    yield Case(name="no body of some kind", method="POST", path="/odd/echo", headers=plain)
    yield Case(
        name="JSON with a charset",
        method="POST",
        path="/odd/echo",
        body=b"{}",
        headers=(("content-type", "application/json; charset=utf-8"),),
    )
    yield Case(name="a body too long", method="POST", path="/odd/echo", body=TOO_LONG)
    yield Case(name="PUT", method="PUT", path="/odd/echo", body=b'{"aInt32":5}')
    row = "the body of a GET is ignored"
    yield Case(name="a GET with a body", method="GET", path="/odd/echo", body=b'{"aInt32":5}', differs=row)
    yield Case(name="a DELETE with a body", method="DELETE", path="/odd/path/a", body=b'{"aInt32":5}', differs=row)
    mask = "a PATCH's mask is filled"
    yield Case(name="a PATCH", method="PATCH", path="/odd/shelves/s", body=b'{"aInt32":5,"child":{"aBool":true}}', differs=mask)
    yield Case(name="a PATCH with a mask", method="PATCH", path="/odd/shelves/s?updateMask=aInt32", body=b'{"aInt32":5}')
    yield Case(name="a PATCH of nothing", method="PATCH", path="/odd/shelves/s", differs="a body that was not sent is absent")
    again = "the query does not say again what the path says"
    yield Case(name="a PATCH whose query renames", method="PATCH", path="/odd/shelves/s?name=t", body=b"{}", differs=again)
    yield Case(name="a body that repeats its path", method="POST", path="/v1/games/g/turns", body=b'{"gameId":"g"}')
    yield Case(
        name="a body that contradicts its path",
        method="POST",
        path="/v1/games/g/turns",
        body=b'{"gameId":"h"}',
        differs="the body does not contradict the path",
    )


def _of_headers() -> Iterator[Case]:
    asked = (("authorization", "Bearer x"), ("accept-language", "ko"), ("traceparent", f"00-{'1' * 32}-{'2' * 16}-01"))
    yield Case(name="headers that cross", method="GET", path="/odd/echo", headers=asked)
    yield Case(name="cookies do not cross", method="GET", path="/odd/echo", headers=(("cookie", "a=b"), ("x-own", "1")))
    reply = Reply(initial=(("etag", '"7"'), ("retry-after", "5"), ("x-inside", "secret")))
    yield Case(name="metadata that goes out", method="GET", path="/odd/echo", reply=reply)
    reply = Reply(trailing=(("etag", '"7"'), ("x-inside", "secret")))
    yield Case(name="metadata that comes at the end", method="GET", path="/odd/echo", reply=reply)


def _of_failures() -> Iterator[Case]:
    for code in grpc.StatusCode:
        if code is not grpc.StatusCode.OK:
            for details in ("what happened", "무슨 일이 있었나", ""):
                reply = Reply(code=code, details=details)
                yield Case(name=f"{code.name} {details}", method="GET", path="/odd/echo", reply=reply, differs=refused(code))
    for reason in ("GAME_NOT_FOUND", "STALE_TURN", "INVALID_ARGUMENT", "TURN_RATE_LIMITED", "UNAUTHENTICATED", "STORE_UNAVAILABLE"):
        failed = errors.failure(reason, "무슨 일이 있었나", violations=[Violation("text", "too long")], retry_after=timedelta(seconds=2))
        trailing = (("grpc-status-details-bin", errors.to_status(failed).SerializeToString()),)
        reply = Reply(code=failed.code, details=failed.message, trailing=trailing)
        yield Case(name=f"a failure of the contract: {reason}", method="GET", path="/odd/echo", reply=reply)


def _of_streams() -> Iterator[Case]:
    made = odd().everything
    some = (made(a_int32=1), made(a_string="문\n"), made())
    yield Case(name="a stream", method="GET", path="/odd/stream", reply=Reply(messages=some))
    yield Case(name="a stream of nothing", method="GET", path="/odd/stream")
    yield Case(name="a stream asked by POST", method="POST", path="/odd/stream", body=b'{"aInt32":3}', reply=Reply(messages=some))
    for code in (grpc.StatusCode.ABORTED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAUTHENTICATED):
        yield Case(name=f"a stream that never begins: {code.name}", method="GET", path="/odd/stream", reply=Reply(code=code))
    broken = Reply(messages=some, code=grpc.StatusCode.ABORTED)
    row = "a stream that breaks says so"
    yield Case(name="a stream that breaks", method="GET", path="/odd/stream", reply=broken, differs=row)
