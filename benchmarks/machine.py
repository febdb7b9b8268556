"""What the figures were measured on, for benchmarks that need no database."""

import os
import platform
from pathlib import Path


def facts() -> dict:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "?")
    load = [round(value, 1) for value in os.getloadavg()]
    return {"cpu": model, "cores": os.cpu_count(), "load": load, "python": platform.python_version()}
