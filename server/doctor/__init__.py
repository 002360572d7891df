"""What is wrong with this installation, each finding with a hint (templates/labels/doctor.toml)."""

from server.doctor.examining import examine
from server.doctor.finding import Finding

__all__ = ["Finding", "examine"]
