"""Which of the configured secrets a function that nukediag ships really needs."""

from __future__ import annotations

from diag.config.settings import SecretsSettings, Settings
from diag.project.shipped import names, sources


def fitted(settings: Settings) -> Settings:
    """The settings; for a shipped function without the secrets that its code does not read (``analyze-image-simple``
    runs without any of AWS). Another function's are the user's own knowledge and stay."""
    name = settings.function.name
    if name not in names():
        return settings
    read = sources(name).reads
    secrets = SecretsSettings(
        required=tuple(one for one in settings.secrets.required if one in read),
        expected={one: value for one, value in settings.secrets.expected.items() if one in read},
    )
    return settings.model_copy(update={"secrets": secrets})


def falling_back(settings: Settings) -> Settings | None:
    """The settings with the fallback function in place of the configured one, or None without another one."""
    name = settings.function.fallback
    if not name or name == settings.function.name:
        return None
    return fitted(settings.model_copy(update={"function": settings.function.model_copy(update={"name": name})}))
