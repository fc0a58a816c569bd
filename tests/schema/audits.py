"""What GraphQL over HTTP asks of a server: the 61 audits of graphql-http, by their ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from schema.media import GRAPHQL, JSON

TYPENAME = "{ __typename }"
NAMED = "query Type($name: String!) { __type(name: $name) { name } }"
COERCED = "query CoerceFailure($id: ID!){ __typename }"
VARIABLES = {"name": "sometype"}
UNKNOWN = "{ 8f31403dfe404bccbb0e835f2629c6a7 }"
CLIENT = range(400, 500)
ANY_FAILURE = range(400, 600)
WRONG = ({"obj": "ect"}, 0, False, ["array"])
WRONG_MAPS = ("string", 0, False, ["array"])


@dataclass(frozen=True, kw_only=True)
class Audit:
    """A request, and what the answer must be like."""

    id: str
    status: tuple[int, ...] | range = (200,)
    body: Any = None
    text: bytes | None = None
    accept: str | None = None
    media: str | None = JSON
    get: Mapping[str, str] | None = None
    answered_as: str = ""
    clean: bool = False  # the answer has no `errors`
    without_data: bool = False

    @property
    def request(self) -> dict[str, Any]:
        """As httpx sends it."""
        headers = {"Accept": self.accept} if self.accept else {}
        if self.get is not None:
            return {"method": "GET", "url": f"/graphql?{urlencode(self.get)}", "headers": headers}
        content = self.text if self.text is not None else orjson.dumps(self.body)
        more = {"Content-Type": self.media} if self.media else {}
        return {
            "method": "POST",
            "url": "/graphql",
            "headers": {**headers, **more},
            "content": content,
        }


def audits() -> Iterator[Audit]:
    yield from media_types()
    yield from parameters()
    yield from failures()


def media_types() -> Iterator[Audit]:
    query = {"query": TYPENAME}
    yield Audit(id="22EB", body=query, accept=GRAPHQL, answered_as=GRAPHQL)
    yield Audit(id="4655", body=query, accept=JSON, answered_as=JSON)
    yield Audit(id="47DE", body=query, accept="*/*", answered_as=JSON)
    yield Audit(id="80D8", body=query, answered_as=JSON)
    yield Audit(id="82A3", body=query)
    swim = {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}
    yield Audit(id="BF61", body=swim, media=f"{JSON}; charset=utf-8")
    yield Audit(id="78D5", body=query)
    yield Audit(id="2C94", body=query)
    yield Audit(id="5A70", get=query)
    yield Audit(id="9C48", get={"query": "mutation { __typename }"}, accept=GRAPHQL, status=CLIENT)
    yield Audit(id="9ABE", body=query, media=None, status=CLIENT)
    yield Audit(id="03D4", body=query)


def parameters() -> Iterator[Audit]:
    query = {"query": TYPENAME}
    yield Audit(id="A5BF", text=b"", status=(400,))
    yield Audit(id="423L", body={"notquery": TYPENAME}, accept=GRAPHQL, status=(400,))
    for place, wrong in enumerate(WRONG):
        yield Audit(id=f"LKJ{place}", body={"query": wrong}, status=(400,))
        yield Audit(id=f"6C0{place}", body={**query, "operationName": wrong}, status=(400,))
    for place, wrong in enumerate(WRONG_MAPS):
        yield Audit(id=f"476{place}", body={**query, "variables": wrong}, status=(400,))
        yield Audit(id=f"58B{place}", body={**query, "extensions": wrong}, status=(400,))
    for place, name in enumerate(("variables", "operationName", "extensions")):
        nothing = {**query, name: None}
        yield Audit(id=f"94B{place}", body=nothing, accept=GRAPHQL, clean=True)
        yield Audit(id=f"022{place}", body=nothing, accept=JSON, clean=True)
    named = {"query": "query Query { __typename }", "operationName": "Query"}
    mapped = {"query": NAMED, "variables": VARIABLES}
    more = {**query, "extensions": {"some": "value"}}
    yield Audit(id="34A2", body=query, accept=GRAPHQL)
    yield Audit(id="13EE", body=query, accept=JSON, clean=True)
    yield Audit(id="8161", body=named, accept=GRAPHQL)
    yield Audit(id="B8B3", body=named, accept=JSON, clean=True)
    yield Audit(id="2EA1", body=mapped, accept=GRAPHQL)
    yield Audit(id="28B9", body=mapped, accept=JSON, clean=True)
    yield Audit(id="428F", body=more, accept=GRAPHQL)
    yield Audit(id="1B7A", body=more, accept=JSON, clean=True)
    encoded = {"query": NAMED, "variables": orjson.dumps(VARIABLES).decode()}
    yield Audit(id="D6D5", get=encoded, accept=GRAPHQL, clean=True)
    yield Audit(id="6A70", get=encoded, accept=JSON, clean=True)


def failures() -> Iterator[Audit]:
    broken, typo = b'{ "not a JSON', {"qeury": TYPENAME}
    parse, validate = {"query": "{"}, {"query": UNKNOWN}
    coerce = {"query": COERCED, "variables": {"id": None}}
    some = (*range(200, 300), *ANY_FAILURE)
    yield Audit(id="B6DC", text=broken, accept=JSON, status=some)
    yield Audit(id="BCF8", text=broken, accept=JSON, status=(400,))
    yield Audit(id="B7N8", text=broken, accept=GRAPHQL, status=(400,))
    yield Audit(id="8764", body=typo, status=ANY_FAILURE)
    yield Audit(id="3E3A", body=typo, status=(400,))
    yield Audit(id="572B", body=parse, accept=JSON)
    yield Audit(id="FDE2", body=validate, accept=JSON)
    yield Audit(id="7B9B", body=coerce, accept=JSON)
    yield Audit(id="865D", body=parse, accept=GRAPHQL, status=ANY_FAILURE)
    yield Audit(id="556A", body=parse, accept=GRAPHQL, status=(400,))
    yield Audit(id="D586", body=parse, accept=GRAPHQL, status=(400,), without_data=True)
    yield Audit(id="51FE", body=validate, accept=GRAPHQL, status=ANY_FAILURE)
    yield Audit(id="74FF", body=validate, accept=GRAPHQL, status=(400,))
    yield Audit(id="5E5B", body=validate, accept=GRAPHQL, status=(400,), without_data=True)
    yield Audit(id="86EE", body=coerce, accept=GRAPHQL, status=(400,))
