"""The house stands on its floors: imports and foreign keys only go down. design.md §2."""

import subprocess
import sys

from django.apps import apps
from django.conf import settings

ORDER = ("common", *settings.FLOORS, "huimin")


def test_imports_only_go_down():
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=settings.BASE_DIR, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def test_foreign_keys_only_go_down():
    climbing = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.app_label
        if label not in ORDER:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if target is None or isinstance(target, str) or target._meta.app_label not in ORDER:
                continue
            if ORDER.index(target._meta.app_label) > ORDER.index(label):
                climbing.append(f"{label}.{model.__name__}.{field.name} -> {target._meta.label}")
    assert climbing == []


def test_no_app_of_ours_saves_behind_ones_back():
    """Services, not signals; no save() with consequences. design.md §1.9."""
    overriding = [
        model.__name__ for model in apps.get_models() if model._meta.app_label in settings.FLOORS and "save" in vars(model)
    ]
    assert overriding == []
