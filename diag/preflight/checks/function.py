"""The function: deployed, open to this key, and able to start."""

from __future__ import annotations

from diag.catalogue import classify, describe
from diag.config.keys import read_key
from diag.diagnosis import Evidence, Remedy
from diag.preflight.checks.project import no_permission
from diag.preflight.commands import deploy
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, passed, unknown
from diag.preflight.model import Finding, Status
from diag.project import ProjectError
from diag.project.shipped import names

_CANNOT_START = {
    "gateway.function-not-found", "gateway.invalid-url", "runtime.boot-error", "runtime.load-error",
    "runtime.uncaught-exception", "runtime.worker-limit",
}  # fmt: skip


async def deployed(facts: Facts) -> Finding:
    """The function exists and is active."""
    name = facts.settings.function.name
    try:
        function = await facts.deployed()
    except ProjectError as error:
        return no_permission(error, "the functions", "edge_functions_read")
    if function is None and await _is_foreign(facts):
        return unknown("this access token sees no such project", remedies=(Remedy("Check the project's ref."),))
    if function is None:
        seen = Evidence("Management API", f"there is no function {name}")
        diagnosis = describe("gateway.function-not-found", context=facts.context, evidence=(seen,))
        return found(diagnosis, f"{name} is not deployed", remedies=_deploy(name))
    if function.status != "ACTIVE":
        seen = Evidence("Management API", f"{name} is {function.status}")
        diagnosis = describe("gateway.function-not-found", context=facts.context, evidence=(seen,))
        return found(diagnosis, f"{name} is {function.status}, not ACTIVE")
    return passed(f"{name}, version {function.version}, ACTIVE")


def _deploy(name: str) -> tuple[Remedy, ...]:
    """How to deploy a function that nukediag ships; for others the diagnosis knows."""
    text = "Deploy it: nukediag ships this function."
    return (Remedy(text, f"nukediag functions deploy {name}"),) if name in names() else ()


async def _is_foreign(facts: Facts) -> bool:
    """Whether the project itself is not found: then a missing function says nothing."""
    try:
        await facts.state()
    except ProjectError as error:
        return error.answer.status == 404
    return False


async def jwt(facts: Facts) -> Finding:
    """The gateway's JWT check fits the key: an ``sb_`` key is no JWT, and Supabase's documents disagree on whether
    it passes that check. The test call decides; this only warns."""
    try:
        function = await facts.deployed()
    except ProjectError as error:
        return no_permission(error, "the functions", "edge_functions_read")
    key = facts.configuration.service_key
    if function is None or key is None or function.verify_jwt is None:
        return unknown("the Management API does not say whether JWTs are checked")
    if facts.told_verify_jwt not in (None, function.verify_jwt):
        return _drifted(facts, deployed=function.verify_jwt)
    if not function.verify_jwt or read_key(key).is_jwt:
        return passed(f"verify_jwt is {str(function.verify_jwt).lower()}")
    turned_off = deploy(facts.settings.function.name, facts.configuration.ref, "--no-verify-jwt")
    text = "If the test call ends in a 401: use the legacy service_role key, or turn the JWT check off."
    remedies = (Remedy(text, turned_off),)
    summary = "verify_jwt is on and the key is no JWT: the gateway may refuse it"
    return Finding(Status.WARN, summary, remedies=remedies, source=facts.origin("service_key"))


def _drifted(facts: Facts, *, deployed: bool) -> Finding:
    """Deployed otherwise than ``config.toml`` says: somebody's last deployment had a flag of its own."""
    words = {True: "on", False: "off"}
    told = f"the JWT check is {words[deployed]} as deployed, and {words[not deployed]} in supabase/config.toml"
    remedy = Remedy("If the file is right, switch it.", "nukediag preflight --fix")
    return Finding(Status.WARN, told, evidence=(Evidence("Management API", told),), remedies=(remedy,))


async def boots(facts: Facts) -> Finding:
    """The function's worker starts. OPTIONS starts it without any paid work."""
    answer = await facts.boot()
    if answer.header("x-deno-execution-id"):
        return passed("its worker starts and answers")
    diagnosis = classify(answer, context=facts.context)
    if diagnosis.signature in _CANNOT_START:
        absent = diagnosis.signature == "gateway.function-not-found"
        mend = _deploy(facts.settings.function.name) if absent else ()
        return found(diagnosis, status=Status.FAIL, remedies=mend)
    seen = Evidence("OPTIONS", f"status {answer.status}, no x-deno-execution-id")
    return unknown("the gateway answered for the function: only a real call tells whether it starts", seen)
