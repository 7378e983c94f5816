"""Sessions for developers: nox -s tests, lint, types, core, install."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "venv"


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the fast tests; `nox -s tests -- -n 0 -m "slow or not slow"` runs all."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style in Python and C++."""
    session.install("-e", ".[lint]")
    session.run("pre-commit", "run", "--all-files")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.install("-e", ".[test,lint]")
    session.run("mypy")


@nox.session
@nox.parametrize("sanitizers", ["address,undefined", "thread"])
def core(session: nox.Session, sanitizers: str) -> None:
    """Build and test the core without Python, under sanitizers."""
    session.install("cmake", "ninja")
    build = f"build/core-{sanitizers}"
    session.run(
        *("cmake", "-S", ".", "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"),
        *("-DTWINSCORE_BUILD_PYTHON=OFF", "-DTWINSCORE_BUILD_TESTS=ON"),
        *("-DTWINSCORE_WARNINGS_AS_ERRORS=ON", f"-DTWINSCORE_SANITIZE={sanitizers}"),
    )
    session.run("cmake", "--build", build)
    session.run("ctest", "--test-dir", build, "--output-on-failure")


@nox.session
def install(session: nox.Session) -> None:
    """Install as a user does and run the demo."""
    session.install(".[cpu,demo]")
    session.run("twinscore", "demo", "--out", session.create_tmp())
