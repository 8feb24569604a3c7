"""Makes or completes ``.venv`` from the lock files, and does nothing when all is as it should be.

Each step leaves a stamp in the environment that says of what it was made, so that a second run needs no
network and takes no time. Run with the interpreter that the environment is to have.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "set-up.log"
LOCKS = ROOT / "requirements"


class SetUpFailed(Exception):
    """The environment could not be made; the sentence says why and what to do."""


def main() -> int:
    """Make what is missing; gives the exit code."""
    try:
        make_environment()
        install_lock("run")
        install_project()
        try_sound()
        if "--dev" in sys.argv[1:]:
            install_lock("dev")
    except SetUpFailed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def make_environment() -> None:
    """A fresh environment, unless there is one of this interpreter, made in this directory."""
    version = "{}.{}".format(*sys.version_info)
    made_of = f"{version} {sys.base_prefix} {ROOT}"
    if PYTHON.exists() and is_done("environment", made_of):
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise SetUpFailed(
            f"Python {version} has no venv module here. On Debian or Ubuntu: "
            f"apt install python{version}-venv"
        )
    say(f"Making .venv with Python {version}")
    interpreter = getattr(sys, "_base_executable", "") or sys.executable
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [interpreter, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        reason = (made.stderr or made.stdout).strip().splitlines() or ["no reason given"]
        raise SetUpFailed(f"The environment .venv could not be made: {reason[-1]}")
    mark_done("environment", made_of)


def install_lock(name: str) -> None:
    """The packages of this lock file, each checked against its hash."""
    lock = LOCKS / f"{name}.txt"
    text = lock.read_text("utf-8")
    if is_done(name, digest(lock)):
        return
    count = text.count("==")
    say(f"Installing {count} packages" + (" for tests and checks" if name == "dev" else ""))
    if error := pip("--require-hashes", "-r", str(lock)):
        raise SetUpFailed(
            f"The packages could not be installed: {error}\n"
            "The first time needs the network, later ones do not. pip's own words: .venv/set-up.log"
        )
    mark_done(name, digest(lock))


def install_project() -> None:
    """The project itself, editable; its build tool is in the lock."""
    described_in = ROOT / "pyproject.toml"
    if is_done("project", digest(described_in)):
        return
    if error := pip("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)):
        raise SetUpFailed(f"carecall could not be installed: {error}\nSee .venv/set-up.log")
    mark_done("project", digest(described_in))


def try_sound() -> None:
    """Ways to play sound on the host itself. Neither is needed: what cannot be had is passed over."""
    try_lock("sound", "--only-binary", ":all:", without="miniaudio has no wheel for this machine")
    compiler = shutil.which("cc") is not None
    headers = sys.platform == "darwin" or Path("/usr/include/alsa/asoundlib.h").exists()
    try_lock(
        "simpleaudio",
        "--no-build-isolation",
        without="simpleaudio wants a C compiler and ALSA headers (libasound2-dev)",
        host=f"compiler {compiler}, headers {headers}",
    )


def try_lock(name: str, *options: str, without: str, host: str = "") -> None:
    """Try the packages of this lock file once, and again when the host has changed."""
    lock = LOCKS / f"{name}.txt"
    made_of = f"{digest(lock)} {host}"
    if is_done(name, made_of):
        return
    if pip("--require-hashes", *options, "-r", str(lock)):
        say(f"Passed over, optional: {without}")
    mark_done(name, made_of)


def pip(*arguments: str) -> str:
    """Run ``pip install``; gives "" or the line that says what went wrong. All it said goes to the log."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "2",
               "install", "--quiet", *arguments]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(done.stdout + done.stderr)
    if not done.returncode:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
    return (
        lines[-1].removeprefix("ERROR:").strip() if lines else f"pip ended with {done.returncode}"
    )


def digest(file: Path) -> str:
    """What stands in the file, in short."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def is_done(step: str, made_of: str) -> bool:
    """Whether this step was done, and of the same."""
    stamp = VENV / f"{step}.stamp"
    return stamp.exists() and stamp.read_text("utf-8") == made_of


def mark_done(step: str, made_of: str) -> None:
    """Remember that this step was done."""
    (VENV / f"{step}.stamp").write_text(made_of, "utf-8")


def say(text: str) -> None:
    """A line for the user, beside whatever goes to standard output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
