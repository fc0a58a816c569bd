"""`certificate verify`: what it says of files that are genuine, forged, altered or saved again."""

import json
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import settings
from printing import command, page
from tests.factories.certificate import SIGNER, token
from workflow import signature

GIVEN = settings.read({}, mode="dev")
STRANGER = signature.Signer(Ed25519PrivateKey.generate())


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """What /.well-known/jwks.json answers."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [signature.jwk(SIGNER.public)]}))
    return path


def verified(content: bytes, keys: Path) -> int:
    file = keys.with_name("certificate.pdf")
    file.write_bytes(content)
    return command.main(GIVEN, ["verify", str(file), "--key", str(keys)])


def test_an_issued_file_is_genuine(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = verified(page.pdf(token()), keys)

    said = capsys.readouterr().out
    assert status == command.GENUINE
    assert "签名有效" in said and "张小三" in said and "页面与签发时一致" in said


def test_another_key_does_not_make_it_genuine(keys: Path) -> None:
    keys.write_text(json.dumps(signature.jwk(STRANGER.public)))

    assert verified(page.pdf(token()), keys) == command.FORGED


def test_a_page_drawn_around_genuine_data_is_told_from_the_one_issued(
    keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn, genuine = token(name="李小四"), token(name="张小三")
    other = page.pdf(drawn).replace(drawn.encode(), genuine.encode())

    status = verified(other, keys)

    assert status == command.ALTERED
    assert "张小三" in capsys.readouterr().out


def test_a_file_saved_again_keeps_its_data(keys: Path) -> None:
    packed = zlib.compress(token().encode())

    content = b"%PDF-1.7\n1 0 obj\nstream\n" + packed + b"\nendstream\nendobj\n"

    assert verified(content, keys) == command.ALTERED


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", f"{token()}\n{token(name='李小四')}".encode()]
)
def test_none_and_two_certificates_are_not_one(keys: Path, content: bytes) -> None:
    assert verified(content, keys) == command.FORGED


def test_changed_data_are_forged(keys: Path) -> None:
    header, data, mark = token().split(".")
    told = json.loads(signature.decoded(data)) | {"name": "李小四"}
    changed = signature.encoded(json.dumps(told).encode())

    assert verified(f"{header}.{changed}.{mark}".encode(), keys) == command.FORGED


def test_without_a_key_nothing_is_said_to_be_genuine(tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(page.pdf(token()))

    assert command.main(GIVEN, ["verify", str(file)]) == command.USAGE


def test_a_new_key_is_kept_and_its_public_half_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key.pem"

    status = command.main(GIVEN, ["keygen", str(path)])

    shown = capsys.readouterr().out
    assert status == 0 and json.loads(shown) == signature.jwk(signature.load(path).public)
    assert command.main(GIVEN, ["keygen", str(path)]) == command.USAGE
    path.with_suffix(".json").write_text(shown)
    assert verified(page.pdf(token()), path.with_suffix(".json")) == command.FORGED
