"""One Supabase project: its data API, its functions, its Management API."""

from diag.project.data import DataApi
from diag.project.error import ProjectError
from diag.project.functions import Functions
from diag.project.management import DeployedFunction, Management, ProjectState, StoredSecret
from diag.project.project import Project

__all__ = [
    "DataApi",
    "DeployedFunction",
    "Functions",
    "Management",
    "Project",
    "ProjectError",
    "ProjectState",
    "StoredSecret",
]
