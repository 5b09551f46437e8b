"""What is written about running it fits the program: settings, variables, probes, units, figures."""

import configparser
import re
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from geo_offlimits.cli.server import BACKLOG
from geo_offlimits.delivery.mail import MailServer
from geo_offlimits.services.worklist import Worklist
from geo_offlimits.settings import ENVIRONMENT_PREFIX, SECRETS, Settings, load

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy.md"
CONTRIB = sorted(path for path in (ROOT / "contrib").iterdir() if path.is_file())
UNITS = [path for path in CONTRIB if path.suffix in {".service", ".socket", ".timer"}]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", DEPLOY.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_settings_file_of_the_page_is_one_and_so_is_what_is_added_for_a_provider_and_for_mail(
    tmp_path: Path,
) -> None:
    text, added, mail = blocks("toml")
    (tmp_path / "mail.toml").write_text(mail, encoding="utf-8")
    named = load(tmp_path / "mail.toml", {})
    assert MailServer(host=named.smtp_host, port=named.smtp_port, sender=named.mail_from, site=named.public_url).secured
    (tmp_path / "added.toml").write_text(added, encoding="utf-8")
    assert load(tmp_path / "added.toml", {}).oidc_client_id == "geo-offlimits"
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    found = load(tmp_path / "settings.toml", {})
    assert (found.behind_proxy, found.request_log, len(tomllib.loads(text))) == (False, True, 3)


@pytest.mark.parametrize("path", [*CONTRIB, DEPLOY], ids=lambda path: path.name)
def test_every_variable_that_is_named_is_one(path: Path) -> None:
    known = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in SECRETS | {item.name for item in fields(Settings)}}
    assert set(re.findall(rf"{ENVIRONMENT_PREFIX}[A-Z_]+", path.read_text(encoding="utf-8"))) <= known


def test_the_socket_of_systemd_is_the_port_that_the_settings_would_take() -> None:
    unit = configparser.ConfigParser()
    unit.read(ROOT / "contrib" / "geo-offlimits.socket", encoding="utf-8")
    assert unit["Socket"]["ListenStream"] == f"{Settings().host}:{Settings().port}"
    assert unit["Socket"]["Backlog"] == str(BACKLOG)


def test_every_file_beside_is_told_on_the_page() -> None:
    text = DEPLOY.read_text(encoding="utf-8")
    for path in CONTRIB:
        # The timer starts the service of its name.
        assert f"contrib/{path.name}" in text or f"contrib/{path.stem}.timer" in text, path.name


def test_every_figure_of_the_page_is_one() -> None:
    source = (ROOT / "geo_offlimits" / "services" / "figures.py").read_text(encoding="utf-8")
    named = set(re.findall(r"`geo_offlimits_([a-z_]+)", DEPLOY.read_text(encoding="utf-8")))
    assert named == set(re.findall(r'name="([a-z_]+)"', source))
    assert "overdue" in {item.name for item in fields(Worklist)}


def test_a_proxy_sets_what_the_server_believes_and_adds_nothing_to_it() -> None:
    text = (ROOT / "contrib" / "nginx.conf").read_text(encoding="utf-8")
    assert "$proxy_add_x_forwarded_for" not in text
    for name in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "X-Forwarded-Host $host"):
        assert f"proxy_set_header {name};" in text
    assert text.count("access_log off;") == text.count("server {")
    limit = re.search(r"client_max_body_size (\d+)m;", text)
    assert limit
    assert int(limit[1]) > Settings().max_upload_mb


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("no systemd-analyze on this machine")
    for path in UNITS:
        # That the program is there is no question of the unit.
        text = path.read_text(encoding="utf-8").replace("/opt/geo-offlimits/bin/geo-offlimits", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    told = [program, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit.name)]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])
