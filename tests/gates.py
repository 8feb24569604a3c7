"""Reads and writes that a test lets happen when it wants: what the console does meanwhile is seen."""

import asyncio

import pytest


def held_back(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> asyncio.Event:
    """Let the owner's coroutine function of this name wait; gives what is set for it to go on."""
    gate, function = asyncio.Event(), getattr(owner, name)

    async def held(*args, **more):
        await gate.wait()
        return await function(*args, **more)

    monkeypatch.setattr(owner, name, held)
    return gate
