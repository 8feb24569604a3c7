"""What tests need of their host is installed in CI, also on a machine that has had nothing of it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NEEDS = re.compile(r'needs\(\s*"[^"]+",\s*"([^"]+)"')


def test_each_package_that_a_test_needs_is_installed_in_ci() -> None:
    wanted = {
        package
        for file in (ROOT / "tests").rglob("*.py")
        for packages in _NEEDS.findall(file.read_text("utf-8"))
        for package in packages.split()
    }
    found = re.search(r'^PACKAGES="([^"]+)"', (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    installed = {package.removesuffix("-nogui") for package in found[1].split()}

    assert wanted, "no test says what it needs"
    assert not wanted - installed
