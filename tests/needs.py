"""What a test wants of the host, and how to get it."""

import importlib.util
import os
import shutil

import pytest


def needs(program: str, package: str) -> str:
    """The path of the program; without it the test is skipped, naming the Debian package."""
    if found := shutil.which(program):
        return found
    missing(f"{program} is not installed: apt-get install {package}")
    raise AssertionError


def needs_module(module: str, extra: str) -> None:
    """Skip the test where the module of an optional extra is not installed."""
    if importlib.util.find_spec(module) is None:
        missing(f"{module} is not installed: pip install 'carecall-console[{extra}]'")


def missing(reason: str) -> None:
    """Skip, or fail where everything has to be there (CI)."""
    if os.environ.get("CARECALL_TEST_REQUIRE") == "all":
        pytest.fail(reason)
    pytest.skip(reason)
