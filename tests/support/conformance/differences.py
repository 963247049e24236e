"""Every difference there is between our gateway and Envoy's transcoder, and why it is wanted: what no row says is a fault.

One holds for all failures and has no row: their bodies are problem documents (docs/adr/0007), where Envoy's are a google.rpc.Status, a text
or nothing. Their statuses, and what the service said, are compared.
"""

from dataclasses import dataclass

_NO = "400 not called INVALID_ARGUMENT"
_UNKNOWN = "400 not called UNKNOWN_FIELD"
_CALLED = "200 called"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row: why ours is as it is, and the pattern of what each edge does (`Outcome.shown`)."""

    why: str
    ours: str
    envoy: str = _CALLED


DIFFERENCES: dict[str, Difference] = {
    "unknown fields are refused": Difference(
        why="a misspelt field would be lost in silence; protobuf's own JSON readers refuse it too", ours=_UNKNOWN
    ),
    "a parameter without a name is unknown": Difference(why="one rule for all of them; Envoy passes over this one", ours=_UNKNOWN),
    "a repeated message has no form in a query": Difference(why="google/api/http.proto gives it none", ours=_UNKNOWN),
    "the query does not say again what the path says": Difference(
        why="google/api/http.proto: only what the path does not bind; in Envoy the query wins over the path", ours=_UNKNOWN
    ),
    "the body does not contradict the path": Difference(why="which of the two is meant? In Envoy it is the path", ours=_NO),
    "a value has one JSON form": Difference(
        why="a text where a truth is meant, one thing where many are: a caller's mistakes, told by name while they are cheap", ours=_NO
    ),
    "an enum has the values of the contract": Difference(why="a number that no service of ours knows means nothing", ours=_NO),
    "null is no element": Difference(why="Envoy leaves it out, and the list has another length than was sent", ours=_NO),
    "what is said twice is refused": Difference(why="which of the two is meant?", ours=_NO),
    "a plus in a query is a space": Difference(
        why="forms and every browser's URLSearchParams write a space so; a plus is %2B", ours=_CALLED
    ),
    "JSON is RFC 8259": Difference(
        why="single quotes, bare names and last commas are another language, which other readers of the same body refuse",
        ours="400 not called MALFORMED_JSON",
    ),
    "no text of a body holds a NUL": Difference(why="no store of ours keeps one", ours="400 not called MALFORMED_JSON"),
    "no text of a query holds a NUL": Difference(why="as in bodies", ours=_NO),
    "texts are UTF-8": Difference(
        why="Envoy hands on what protobuf refuses to read, and the service fails", ours=_NO, envoy="500 not called"
    ),
    "a slash at the end is another path": Difference(why="one address for one thing", ours="404 not called PATH_NOT_FOUND"),
    "a known path has other methods": Difference(
        why="405 and Allow say what can be done about it", ours="405 not called METHOD_NOT_ALLOWED", envoy="404 not called"
    ),
    "OPTIONS says what a path takes": Difference(why="RFC 9110", ours="204 not called", envoy="404 not called"),
    "HEAD is a GET without a body": Difference(why="RFC 9110: what has GET has HEAD", ours=_CALLED, envoy="404 not called"),
    "a body is JSON and says so": Difference(
        why="a form on another site can send what it likes, but not this header", ours="415 not called UNSUPPORTED_MEDIA_TYPE"
    ),
    "the body of a GET is ignored": Difference(
        why="RFC 9110 gives it, and DELETE's, no meaning; Envoy takes it for the request", ours=_CALLED
    ),
    "a body that was not sent is absent": Difference(
        why="a service can then say that it is missing; Envoy calls it an empty message", ours=_CALLED
    ),
    "a PATCH's mask is filled": Difference(
        why="AIP-134: without it no service can tell a field to be emptied from one that was not sent",
        ours="(200|400|403) called",
        envoy="(200|400|403) called",
    ),
    "defects are not told": Difference(
        why="what failed inside is for the log, under the request's id", ours="500 called INTERNAL", envoy="500 called"
    ),
    "gRPC's own words are not told": Difference(
        why="they name addresses and timers inside", ours="(499|501|503|504) called [A-Z_]+", envoy="(499|501|503|504) called"
    ),
    "a stream that breaks says so": Difference(why="Envoy's ends as if it were whole; ours ends in the event `error`", ours=_CALLED),
}
