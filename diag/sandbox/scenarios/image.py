"""Scenarios in which the pictures are at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

# A signed link of Storage whose time was over in October 2025; its signature is not looked at before its time.
_SIGN_LINKS = """
    update vehicle_images set image_url = replace(image_url, '/object/public/', '/object/sign/') ||
        '?token=eyJhbGciOiJIUzI1NiJ9.eyJ1cmwiOiJ2ZWhpY2xlLWltYWdlcyIsImV4cCI6MTc2MDAwMDAwMH0.c2lnbmF0dXJl'
    where ai_last_scanned is null"""
_OPEN_LINKS = """
    update vehicle_images set image_url = split_part(replace(image_url, '/object/sign/', '/object/public/'), '?', 1)"""
_MOVE_BUCKET = """
    update vehicle_images set image_url = replace(image_url, '/public/vehicle-images/', '/public/vehicle-photos/')
    where ai_last_scanned is null"""
_MOVE_BUCKET_BACK = """
    update vehicle_images set image_url = replace(image_url, '/public/vehicle-photos/', '/public/vehicle-images/')"""
_CUT_SCHEME = """
    update vehicle_images set image_url = replace(image_url, 'http://', '') where ai_last_scanned is null"""
_ADD_SCHEME = """
    update vehicle_images set image_url = 'http://' || image_url where image_url not like 'http%'"""

SCENARIOS: Final = (
    Scenario(
        "dead-images",
        "15 % of the photos are gone",
        "image.not-found",
        (0,),
        most_paid=None,
        faults={"photos": {"dead_share": 0.15}},
    ),
    Scenario("images-gone", "All photos are gone", "image.not-found", faults={"photos": {"dead_share": 1.0}}),
    Scenario(
        "bucket-missing",
        "The bucket of the photos is private, renamed or gone",
        "image.bucket-missing",
        enter=_MOVE_BUCKET,
        leave=_MOVE_BUCKET_BACK,
    ),
    Scenario(
        "images-forbidden", "The photos' host lets nobody in", "image.forbidden", faults={"photos": {"host": "forbids"}}
    ),
    Scenario(
        "image-links-expired",
        "The signed links to the photos have expired",
        "image.forbidden",
        enter=_SIGN_LINKS,
        leave=_OPEN_LINKS,
    ),
    Scenario(
        "images-host-down",
        "The photos' host is down",
        "image.unreachable",
        (3, 5),
        faults={"photos": {"host": "down"}},
    ),
    Scenario(
        "images-are-pages",
        "A sign-in page stands where the photos should be",
        "image.not-an-image",
        faults={"photos": {"instead": "page"}},
    ),
    Scenario(
        "images-heic",
        "The photos are in a telephone's format",
        "image.unsupported-format",
        faults={"photos": {"instead": "heic"}},
    ),
    Scenario(
        "images-too-large",
        "The photos are larger than Rekognition takes",
        "image.too-large",
        faults={"photos": {"instead": "oversize"}},
    ),
    Scenario(
        "image-urls-invalid",
        "The rows' URLs lack their scheme",
        "image.url-invalid",
        enter=_CUT_SCHEME,
        leave=_ADD_SCHEME,
    ),
)
