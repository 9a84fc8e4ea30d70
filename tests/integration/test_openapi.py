"""The published description says what is served."""

from __future__ import annotations

from tests.integration.conftest import GatewayUnderTest


async def test_every_route_is_described_with_its_body(gateway: GatewayUnderTest) -> None:
    described = (await gateway.http.get("/api/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    paths = described["paths"]
    assert set(paths["/api/chat/messages"]) == {"get", "post"}
    claim = paths["/api/desk/conversations/{conversation_id}/claim"]["post"]
    assert claim["summary"] == "Take a waiting conversation; 409 names who was faster."
    schema = claim["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert described["components"]["schemas"][schema]["required"] == ["version"]
    assert all(operation["summary"] for methods in paths.values() for operation in methods.values())


async def test_the_description_can_be_read_as_a_page(gateway: GatewayUnderTest) -> None:
    page = await gateway.http.get("/api/docs")
    assert page.status_code == 200 and "POST /api/kakao/skill/{secret}" in page.text
