"""The project's AWS account in moto: its users, and the credentials that scenarios need."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

_REKOGNITION: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["rekognition:*", "sts:*"], "Resource": "*"}],
}
_STORAGE_ONLY: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}],
}
_ANYBODY: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True, repr=False)
class Issued:
    """``function``: the secrets of a healthy function. ``kept``: credentials for scenarios, by the names that
    scenarios use. ``expired``: session tokens whose time is over."""

    function: dict[str, str]
    kept: dict[str, str]
    expired: frozenset[str]


async def issue(client: aiohttp.ClientSession, moto: str, seed: int) -> Issued:
    """Make the account in a moto that listens, then turn its checks on. ``moto``: its base URL. The same ``seed`` gives
    the same keys, but for the session's token."""
    account = _Account(client, moto)
    await account.set("reset-auth", "inf")
    await account.set("reset", "")
    await account.set(f"seed?a={seed}", "")
    key_id, secret = await account.user("analyze-image", _REKOGNITION)
    kept = dict(
        zip(("AWS_OTHER_KEY_ID", "AWS_OTHER_SECRET"), await account.user("uploader", _STORAGE_ONLY), strict=True)
    )
    session = await account.session("analyze-image-session")
    kept |= dict(zip(("AWS_SESSION_KEY_ID", "AWS_SESSION_SECRET", "AWS_EXPIRED_TOKEN"), session, strict=True))
    await account.set("reset-auth", "0")
    function = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
    return Issued(function, kept, frozenset({session[2]}))


@dataclass
class _Account:
    client: aiohttp.ClientSession
    moto: str

    async def set(self, setting: str, value: str) -> None:
        """``reset-auth`` takes the number of calls that are not checked; moto reads it from plain text alone."""
        url, headers = f"{self.moto}/moto-api/{setting}", {"content-type": "text/plain"}
        async with self.client.post(url, data=value, headers=headers) as done:
            done.raise_for_status()

    async def user(self, name: str, policy: dict[str, Any]) -> tuple[str, str]:
        """A new user with that policy: key id and secret."""
        await self._ask("iam", "CreateUser", UserName=name)
        await self._ask("iam", "PutUserPolicy", UserName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
        key = await self._ask("iam", "CreateAccessKey", UserName=name)
        return element("AccessKeyId", key), element("SecretAccessKey", key)

    async def session(self, role: str) -> tuple[str, str, str]:
        """Temporary credentials of a new role: key id, secret, session token."""
        await self._ask("iam", "CreateRole", RoleName=role, AssumeRolePolicyDocument=json.dumps(_ANYBODY))
        arn = f"arn:aws:iam::123456789012:role/{role}"
        given = await self._ask("sts", "AssumeRole", RoleArn=arn, RoleSessionName="function")
        return element("AccessKeyId", given), element("SecretAccessKey", given), element("SessionToken", given)

    async def _ask(self, service: str, action: str, **parameters: str) -> str:
        version = {"iam": "2010-05-08", "sts": "2011-06-15"}[service]
        form = {"Action": action, "Version": version, **parameters}
        # moto does not check signatures yet; it reads the service's name from the scope.
        scope = f"Credential=AKIASETUP/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": f"AWS4-HMAC-SHA256 {scope}"}
        async with self.client.post(f"{self.moto}/", data=urlencode(form), headers=headers) as response:
            response.raise_for_status()
            return await response.text()


def element(name: str, xml: str) -> str:
    """The text of the first element of that name; moto's answers are flat and regular."""
    found = re.search(f"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return html.unescape(found[1]) if found else ""
